//! Names and order of the columns.

/// Levels that have a time and a count column.
pub(crate) const LEVELS: u32 = 10;

const BEFORE_SESSIONS: &str = "user_id,device_id,date,cohort_date,days_since_first_event,user_type";

const BEFORE_LEVELS: &str = "avg_session_duration_minutes,longest_session_duration_minutes,\
    total_session_time_minutes,total_revenue,total_revenue_usd,iap_revenue,ad_revenue,\
    subscription_revenue,iap_events_count,ad_events_count,subscription_events_count,\
    total_revenue_events_count,first_purchase_time,last_purchase_time,total_events,unique_events,\
    ftue_complete_time,game_complete_time";

const AFTER_LEVELS: &str = "max_level_reached,country,state,city,acquisition_channel,campaign_id,\
    campaign_name,utm_source,utm_campaign,data_quality_score,last_updated,run_hash,app_name,\
    data_quality_issues";

/// The header line, line end included.
pub(crate) fn header(with_sessions: bool) -> String {
    let sessions = with_sessions.then(|| "total_sessions".to_owned());
    let times = (1..=LEVELS).map(|level| format!("level_{level}_time"));
    let counts = (1..=LEVELS).map(|level| format!("level_{level}_count"));
    let names: Vec<String> = std::iter::once(BEFORE_SESSIONS.to_owned())
        .chain(sessions)
        .chain([BEFORE_LEVELS.to_owned()])
        .chain(times)
        .chain(counts)
        .chain([AFTER_LEVELS.to_owned()])
        .collect();
    names.join(",") + "\n"
}
