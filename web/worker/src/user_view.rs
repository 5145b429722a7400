//! The users table: queries of the page in the engine's terms, and stretches of their answer.

use strata_core::analysis::membership::{CohortFilter, CohortMembers, FunnelFilter, UserFilter};
use strata_core::report::{BehavioralSegment, Report, RevenueSegment};
use strata_core::settings::Settings;
use strata_core::user_list::{SortDirection, UserCells, UserColumn, UserQuery, list_users};
use strata_core::users::UserTable;
use strata_core::value::calendar::Day;
use strata_core::value::stage::Stage;
use strata_protocol::{self as protocol, Failure, UserRow, UserTablePage};

use crate::failure;

/// The word for all cohorts together.
const ALL_COHORTS: &str = "all";

/// The users of the latest query: paging asks for the same again and again.
#[derive(Debug, Default)]
pub struct UserSelection {
    latest: Option<(UserQuery, Vec<u32>)>,
}

impl UserSelection {
    /// Forgets the users: the table or its results are others now.
    pub fn forget(&mut self) {
        self.latest = None;
    }

    /// Positions of the users of a query, in its order.
    ///
    /// # Errors
    /// The query names something that there is not.
    pub fn of_query(
        &mut self,
        table: &UserTable,
        settings: &Settings,
        report: &Report,
        query: &protocol::UserQuery,
    ) -> Result<&[u32], Failure> {
        let query = typed(query)?;
        let known = self.latest.take().filter(|(latest, _)| *latest == query);
        let latest = known.unwrap_or_else(|| {
            let users = list_users(table, settings, report, &query);
            (query, users)
        });
        Ok(&self.latest.insert(latest).1)
    }
}

/// The rows of some users, from an offset on, up to a limit.
#[must_use]
pub fn page(table: &UserTable, report: &Report, users: &[u32], offset: u32, limit: u32) -> UserTablePage {
    let cells = UserCells::new(table, report);
    let of_page = users.iter().skip(offset as usize).take(limit as usize);
    UserTablePage {
        total: u32::try_from(users.len()).unwrap_or(u32::MAX),
        offset,
        rows: of_page.map(|&user| UserRow { cells: cells.of_user(user).to_vec() }).collect(),
    }
}

fn typed(query: &protocol::UserQuery) -> Result<UserQuery, Failure> {
    let sort = UserColumn::ALL.get(query.sort).copied();
    Ok(UserQuery {
        filter: typed_filter(&query.filter)?,
        search: query.search.clone(),
        sort: sort.ok_or_else(|| failure::of_query("column", &query.sort.to_string()))?,
        direction: match query.direction {
            protocol::SortDirection::Ascending => SortDirection::Ascending,
            protocol::SortDirection::Descending => SortDirection::Descending,
        },
    })
}

fn typed_filter(filter: &protocol::UserFilter) -> Result<UserFilter, Failure> {
    let protocol::UserFilter { behavioral, revenue, cohort, funnel, journey_stage } = filter;
    Ok(UserFilter {
        behavioral: behavioral.as_deref().map(behavioral_segment).transpose()?,
        revenue: revenue.as_deref().map(revenue_segment).transpose()?,
        cohort: cohort.as_ref().map(cohort_filter).transpose()?,
        funnel: funnel.as_ref().map(funnel_filter).transpose()?,
        journey_stage: journey_stage.as_deref().map(stage).transpose()?,
    })
}

fn behavioral_segment(word: &str) -> Result<BehavioralSegment, Failure> {
    let found = BehavioralSegment::ALL.into_iter().find(|segment| segment.as_str() == word);
    found.ok_or_else(|| failure::of_query("behavioural segment", word))
}

fn revenue_segment(word: &str) -> Result<RevenueSegment, Failure> {
    let found = RevenueSegment::ALL.into_iter().find(|segment| segment.as_str() == word);
    found.ok_or_else(|| failure::of_query("revenue segment", word))
}

fn stage(word: &str) -> Result<Stage, Failure> {
    word.parse().map_err(|()| failure::of_query("stage", word))
}

fn cohort_filter(members: &protocol::CohortMembers) -> Result<CohortFilter, Failure> {
    let cohort_date = match members.cohort.as_str() {
        ALL_COHORTS => None,
        date => Some(Day::parse(date.as_bytes()).ok_or_else(|| failure::of_query("cohort", date))?),
    };
    let of_cohort = match (members.window, members.which.as_str()) {
        (None, _) => CohortMembers::All,
        (Some(window), "eligible") => CohortMembers::Eligible { window },
        (Some(window), "retained") => CohortMembers::Retained { window },
        (Some(window), "lost") => CohortMembers::NotRetained { window },
        (Some(_), which) => return Err(failure::of_query("part of a cohort", which)),
    };
    Ok(CohortFilter { cohort_date, members: of_cohort })
}

fn funnel_filter(members: &protocol::FunnelMembers) -> Result<FunnelFilter, Failure> {
    Ok(match members.which.as_str() {
        "entered" => FunnelFilter::Entered(stage(&members.stage)?),
        "completed" => FunnelFilter::Completed(stage(&members.stage)?),
        "dropped" => FunnelFilter::DroppedOff(stage(&members.stage)?),
        "reached" => FunnelFilter::Reached(stage(&members.stage)?),
        "open" => FunnelFilter::StillOpen,
        which => return Err(failure::of_query("part of a funnel step", which)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_those_of_the_protocol() {
        assert_eq!(UserColumn::ALL.map(UserColumn::name), protocol::USER_COLUMNS);
    }

    #[test]
    fn filters_are_understood() {
        let filter = protocol::UserFilter {
            behavioral: Some("churned".to_owned()),
            revenue: Some("free_user".to_owned()),
            cohort: Some(protocol::CohortMembers {
                cohort: "2024-01-01".to_owned(),
                window: Some(7),
                which: "lost".to_owned(),
            }),
            funnel: Some(protocol::FunnelMembers { stage: "level_5".to_owned(), which: "dropped".to_owned() }),
            journey_stage: Some("game_complete".to_owned()),
        };
        assert_eq!(
            typed_filter(&filter).unwrap(),
            UserFilter {
                behavioral: Some(BehavioralSegment::Churned),
                revenue: Some(RevenueSegment::FreeUser),
                cohort: Some(CohortFilter {
                    cohort_date: Day::parse(b"2024-01-01"),
                    members: CohortMembers::NotRetained { window: 7 },
                }),
                funnel: Some(FunnelFilter::DroppedOff(Stage::Level(5))),
                journey_stage: Some(Stage::GameComplete),
            }
        );
        let all = protocol::CohortMembers { cohort: "all".to_owned(), window: None, which: String::new() };
        assert_eq!(cohort_filter(&all).unwrap(), CohortFilter { cohort_date: None, members: CohortMembers::All });
        let open = protocol::FunnelMembers { stage: String::new(), which: "open".to_owned() };
        assert_eq!(funnel_filter(&open).unwrap(), FunnelFilter::StillOpen);
    }

    #[test]
    fn what_there_is_not_is_a_failure_that_names_it() {
        let detail = |failure: Failure| failure.detail;
        assert_eq!(
            detail(behavioral_segment("loyal").unwrap_err()),
            "There is no behavioural segment \u{201c}loyal\u{201d}."
        );
        assert_eq!(detail(stage("level_x").unwrap_err()), "There is no stage \u{201c}level_x\u{201d}.");
        let cohort = protocol::CohortMembers { cohort: "2024-02-30".to_owned(), window: None, which: String::new() };
        assert_eq!(detail(cohort_filter(&cohort).unwrap_err()), "There is no cohort \u{201c}2024-02-30\u{201d}.");
        let sort = protocol::UserQuery { sort: 14, ..protocol::UserQuery::default() };
        assert_eq!(detail(typed(&sort).unwrap_err()), "There is no column \u{201c}14\u{201d}.");
    }
}
