//! Messages survive the way to the other side. Those that carry files or buffers are tested in a browser.

use strata_protocol::{
    CohortMembers, Failure, FailureKind, FromWorker, FunnelMembers, InputPreview, MappedColumn, Progress, RequestId,
    SettingText, SortDirection, ToWorker, USER_COLUMNS, UserFilter, UserQuery, UserRow, UserTablePage,
};

fn query() -> UserQuery {
    UserQuery {
        filter: UserFilter {
            behavioral: Some("churned".to_owned()),
            cohort: Some(CohortMembers { cohort: "all".to_owned(), window: Some(7), which: "lost".to_owned() }),
            funnel: Some(FunnelMembers { stage: "level_5".to_owned(), which: "dropped".to_owned() }),
            ..UserFilter::default()
        },
        search: "Zoë <b>".to_owned(),
        sort: 8,
        direction: SortDirection::Descending,
        offset: 400,
        limit: 200,
    }
}

#[test]
fn requests_survive() {
    let settings = vec![SettingText { name: "CHURN_DAYS_THRESHOLD".to_owned(), text: "7".to_owned() }];
    let requests = [
        ToWorker::Prepare { parser_count: 2 },
        ToWorker::OpenSample { request: RequestId(1), row_count: 50_000, settings: settings.clone(), parser_count: 2 },
        ToWorker::Analyse { request: RequestId(2), settings },
        ToWorker::Users { request: RequestId(u32::MAX), query: query() },
    ];
    for request in requests {
        let text = serde_json::to_string(&request).unwrap();
        let read: ToWorker = serde_json::from_str(&text).unwrap();
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
        mapped: vec![MappedColumn { column: "date".to_owned(), header: "day".to_owned() }],
        missing: Vec::new(),
        ambiguous: Vec::new(),
    };
    let page = UserTablePage { total: 3, offset: 2, rows: vec![UserRow { cells: vec![String::new(); 14] }] };
    let progress = Progress { byte_count: 1.5e10, row_count: 5e6, is_finishing: true, ..Progress::default() };
    let replies = [
        FromWorker::Ready,
        FromWorker::Progress { request, progress },
        FromWorker::MappingNeeded { request, inputs: vec![preview] },
        FromWorker::Users { request, page },
        FromWorker::Failed { request, failure },
    ];
    for reply in replies {
        let text = serde_json::to_string(&reply).unwrap();
        let read: FromWorker = serde_json::from_str(&text).unwrap();
        assert_eq!(format!("{read:?}"), format!("{reply:?}"));
        assert_eq!(read.request(), (!matches!(reply, FromWorker::Ready)).then_some(request));
    }
}

#[test]
fn a_filter_is_empty_only_without_any_criterion() {
    assert!(UserFilter::default().is_empty());
    assert!(!query().filter.is_empty());
    assert!(!UserFilter { journey_stage: Some("level_1".to_owned()), ..UserFilter::default() }.is_empty());
    assert_eq!(USER_COLUMNS.len(), 14);
}
