//! The list of users behind a reported number has exactly that many users.

use proptest::prelude::*;
use strata_core::analysis::analyse;
use strata_core::analysis::membership::{CohortFilter, CohortMembers, FunnelFilter, UserFilter, select};
use strata_core::report::{Analysis, Report, UserResults};
use strata_core::settings::Settings;
use strata_core::users::UserTable;
use strata_tests::engine::{Reading, read, settings};

use crate::properties::{file, rows, variants};

struct Members<'a> {
    table: &'a UserTable,
    settings: &'a Settings,
    report: &'a Report,
    users: &'a UserResults,
}

impl Members<'_> {
    fn select(&self, filter: &UserFilter) -> Vec<u32> {
        let selected = select(self.table, self.settings, self.users, filter);
        assert!(selected.is_sorted_by(|a, b| a < b), "in the order of the table, each once");
        selected
    }

    #[track_caller]
    fn assert_count(&self, filter: &UserFilter, expected: u64) {
        assert_eq!(self.select(filter).len() as u64, expected, "{filter:?}");
    }

    fn assert_retention(&self) {
        let retention = &self.report.retention;
        for cell in retention.cells.iter().chain(&retention.pooled) {
            let of = |members| UserFilter {
                cohort: Some(CohortFilter { cohort_date: cell.cohort_date, members }),
                ..UserFilter::default()
            };
            let window = cell.window;
            let retained = cell.observed.map_or(0, |observed| observed.retained_users);
            self.assert_count(&of(CohortMembers::All), cell.cohort_size);
            self.assert_count(&of(CohortMembers::Eligible { window }), cell.eligible_users);
            self.assert_count(&of(CohortMembers::Retained { window }), retained);
            self.assert_count(&of(CohortMembers::NotRetained { window }), cell.eligible_users - retained);
        }
    }

    fn assert_funnel(&self) {
        let of = |funnel| UserFilter { funnel: Some(funnel), ..UserFilter::default() };
        for step in &self.report.funnel.steps {
            let stage = step.stage;
            self.assert_count(&of(FunnelFilter::Entered(stage)), step.users_entered);
            self.assert_count(&of(FunnelFilter::Completed(stage)), step.users_completed);
            self.assert_count(&of(FunnelFilter::DroppedOff(stage)), step.users_entered - step.users_completed);
            self.assert_count(&of(FunnelFilter::Reached(stage)), step.users_reached);
        }
        self.assert_count(&of(FunnelFilter::StillOpen), self.report.funnel.users_still_open);
    }

    fn assert_segments(&self) {
        for segment in &self.report.behavioral {
            let filter = UserFilter { behavioral: Some(segment.segment), ..UserFilter::default() };
            self.assert_count(&filter, segment.user_count);
        }
        for segment in &self.report.revenue {
            let filter = UserFilter { revenue: Some(segment.segment), ..UserFilter::default() };
            self.assert_count(&filter, segment.user_count);
        }
        for cell in &self.report.matrix.cells {
            let (behavioral, revenue) = (Some(cell.behavioral), Some(cell.revenue));
            self.assert_count(&UserFilter { behavioral, revenue, ..UserFilter::default() }, cell.user_count);
        }
    }

    /// Journey stages divide the users among them, and several criteria together select what all of them select.
    fn assert_combined(&self) {
        let mut stages: Vec<_> = self.users.journeys.iter().map(|journey| journey.stage).collect();
        stages.sort_unstable();
        for same in stages.chunk_by(|a, b| a == b) {
            let of_stage = UserFilter { journey_stage: Some(same[0]), ..UserFilter::default() };
            self.assert_count(&of_stage, same.len() as u64);
            let cohort = Some(CohortFilter { cohort_date: None, members: CohortMembers::Eligible { window: 1 } });
            let funnel = self.report.funnel.steps.last().map(|step| FunnelFilter::Entered(step.stage));
            let behavioral = self.users.behavioral.first().copied();
            let each = [
                of_stage.clone(),
                UserFilter { cohort, ..UserFilter::default() },
                UserFilter { funnel, ..UserFilter::default() },
                UserFilter { behavioral, ..UserFilter::default() },
            ]
            .map(|filter| self.select(&filter));
            let both = self.select(&UserFilter { cohort, funnel, behavioral, ..of_stage });
            let in_each = |user: &u32| each.iter().all(|selected| selected.contains(user));
            assert_eq!(both, (0..).take(self.table.user_count()).filter(in_each).collect::<Vec<u32>>());
        }
        self.assert_count(&UserFilter::default(), self.report.period.total_users);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn as_many_users_are_selected_as_the_report_says(
        rows in rows(), variants in variants(), definition in prop::sample::select(vec!["classic", "rolling", "bracket"]),
        period in prop::sample::select(vec!["day", "week", "month"]), mode in prop::sample::select(vec!["closed", "ordered", "open"]),
        windows in prop::sample::select(vec!["1,3,7,14", "2", "1,2,3,4,5", "5,9,60"]), cohort_start: bool,
        funnel_window in prop::sample::select(vec!["", "2", "9", "40"]),
    ) {
        let mut entries = variants;
        entries.extend([
            ("RETENTION_DEFINITION", definition),
            ("RETENTION_PERIOD", period),
            ("RETENTION_WINDOWS", windows),
            ("FUNNEL_MODE", mode),
            ("FUNNEL_WINDOW_DAYS", funnel_window),
        ]);
        entries.extend(cohort_start.then_some(("SEGMENTATION_COHORT_START_DATE", "2024-01-04")));
        let bytes = file(&rows);
        let settings = settings(&entries);
        let finished = read(&[("a.csv", &bytes[..])], &settings, &Reading::default()).unwrap();
        let Analysis { report, users } = analyse(&finished.table, &settings.values, &[]);
        let members = Members { table: &finished.table, settings: &settings.values, report: &report, users: &users };
        members.assert_retention();
        members.assert_funnel();
        members.assert_segments();
        members.assert_combined();
    }
}
