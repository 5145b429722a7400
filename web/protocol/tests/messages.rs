//! Messages survive encoding and decoding. Those that carry files or buffers are tested in a browser.

use strata_core::analysis::membership::{CohortFilter, CohortMembers, FunnelFilter, UserFilter};
use strata_core::report::{BehavioralSegment, RevenueSegment};
use strata_core::source::Column;
use strata_core::user_list::{SortDirection, UserCell, UserColumn, UserQuery};
use strata_core::value::calendar::Day;
use strata_core::value::fixed::Fixed;
use strata_core::value::stage::Stage;
use strata_protocol::{
    ColumnMapping, Failure, FailureKind, FromWorker, InputPreview, Progress, RequestId, SettingText, ToWorker,
    UserTablePage,
};

fn query() -> UserQuery {
    UserQuery {
        filter: UserFilter {
            behavioral: Some(BehavioralSegment::Churned),
            cohort: Some(CohortFilter {
                cohort_date: Day::parse(b"2025-07-01"),
                members: CohortMembers::NotRetained { window: 7 },
            }),
            funnel: Some(FunnelFilter::DroppedOff(Stage::Level(5))),
            ..UserFilter::default()
        },
        search: "Zoë <b>".to_owned(),
        sort: UserColumn::TotalRevenue,
        direction: SortDirection::Descending,
    }
}

#[test]
fn requests_survive() {
    let settings = vec![SettingText { name: "CHURN_DAYS_THRESHOLD".to_owned(), text: "7".to_owned() }];
    let requests = [
        ToWorker::Prepare { parser_count: 2 },
        ToWorker::OpenSample { request: RequestId(1), row_count: 50_000, settings: settings.clone(), parser_count: 2 },
        ToWorker::Analyse { request: RequestId(2), settings },
        ToWorker::Users { request: RequestId(u32::MAX), query: query(), offset: 400, limit: 200 },
    ];
    for request in requests {
        let bytes = postcard::to_allocvec(&request).unwrap();
        let read: ToWorker = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(format!("{read:?}"), format!("{request:?}"));
    }
}

#[test]
fn replies_survive_and_name_their_request() {
    let request = RequestId(9);
    let failure = Failure {
        kind: FailureKind::Input,
        title: "no".to_owned(),
        detail: "line 3".to_owned(),
        advice: "look".to_owned(),
    };
    let preview = InputPreview {
        name: "a.csv".to_owned(),
        header: vec!["who".to_owned()],
        rows: vec![vec!["a,\"b\"".to_owned()]],
        mapped: vec![ColumnMapping { column: Column::Date, header: "day".to_owned() }],
        missing: Vec::new(),
        ambiguous: Vec::new(),
    };
    let row = vec![
        UserCell::Text("Zoë".to_owned()),
        UserCell::Empty,
        UserCell::Date(Day::MAX),
        UserCell::Count(u64::MAX),
        UserCell::Number(Fixed::from_ratio(-1, 3, 4)),
        UserCell::Revenue(RevenueSegment::FreeUser),
        UserCell::Stage(Stage::FirstPurchase),
    ];
    let page = UserTablePage { total: 3, offset: 2, rows: vec![row] };
    let progress = Progress { byte_count: 1.5e10, row_count: 5e6, is_finishing: true, ..Progress::default() };
    let replies = [
        FromWorker::Ready,
        FromWorker::Progress { request, progress },
        FromWorker::MappingNeeded { request, inputs: vec![preview] },
        FromWorker::Users { request, page },
        FromWorker::Failed { request, failure },
    ];
    for reply in replies {
        let bytes = postcard::to_allocvec(&reply).unwrap();
        let read: FromWorker = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(format!("{read:?}"), format!("{reply:?}"));
        assert_eq!(read.request(), (!matches!(reply, FromWorker::Ready)).then_some(request));
    }
}

/// Text formats have words and dates; messages have numbers.
#[test]
fn values_have_a_form_for_people_too() {
    let json = serde_json::to_string(&(Day::parse(b"2025-07-01"), Stage::Level(5))).unwrap();
    assert_eq!(json, "[\"2025-07-01\",\"level_5\"]");
    assert_eq!(serde_json::from_str::<(Option<Day>, Stage)>(&json).unwrap().1, Stage::Level(5));
    assert!(serde_json::from_str::<Day>("\"2025-02-30\"").is_err());
    assert!(serde_json::from_str::<Stage>("\"level_05\"").is_err());
}
