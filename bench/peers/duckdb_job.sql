-- The job in JOB.md. @IN@ is the input, @OUT@ the prefix of the output names, @COLUMNS@ the types of the columns.
-- A semicolon at the end of a line ends a statement.
CREATE TEMP TABLE u AS
SELECT user_id, any_value(device_id) AS device_id, min(cohort_date) AS cohort_date, max(date) AS last_date,
  sum(total_revenue) AS revenue, sum(iap_revenue) AS iap, sum(ad_revenue) AS ad, sum(subscription_revenue) AS sub,
  sum(total_events)::DOUBLE AS events, avg(avg_session_duration_minutes) AS dur, coalesce(sum(total_session_time_minutes), 0)::DOUBLE AS session_time,
  count(*)::DOUBLE AS active_days,
  min(ftue_complete_time) AS t1, min(level_1_time) AS t2, min(level_2_time) AS t3, min(level_3_time) AS t4, min(level_4_time) AS t5,
  min(level_5_time) AS t6, min(level_6_time) AS t7, min(level_7_time) AS t8, min(level_8_time) AS t9, min(level_9_time) AS t10,
  min(level_10_time) AS t11, min(first_purchase_time) AS t12,
  bool_or(days_since_first_event = 1) AS d1, bool_or(days_since_first_event = 3) AS d3, bool_or(days_since_first_event = 7) AS d7,
  bool_or(days_since_first_event = 14) AS d14, bool_or(days_since_first_event = 30) AS d30, bool_or(days_since_first_event = 60) AS d60
FROM read_csv('@IN@', header = true, delim = ',', quote = '"', escape = '"', new_line = '\n', auto_detect = false, parallel = true, columns = {@COLUMNS@})
GROUP BY user_id;

CREATE TEMP TABLE mm AS
SELECT max(last_date) AS lastday, min(last_date) AS oldest, count(*) AS n, min(active_days) a0, max(active_days) a1, min(dur) q0, max(dur) q1,
  min(events) e0, max(events) e1, quantile_cont(revenue, 0.8) AS r80, quantile_cont(revenue, 0.95) AS r95 FROM u;

CREATE TEMP TABLE w AS
SELECT u.*, lastday - last_date AS idle,
  0.3 * coalesce((active_days - a0) / nullif(a1 - a0, 0), 0) + 0.25 * coalesce((dur - q0) / nullif(q1 - q0, 0), 0)
  + 0.25 * coalesce((events - e0) / nullif(e1 - e0, 0), 0)
  + 0.2 * (1 - (lastday - last_date) / (CASE WHEN lastday > oldest THEN lastday - oldest ELSE 1 END)::DOUBLE) AS score,
  CASE WHEN revenue <= 0 THEN 'free_user' WHEN revenue >= r95 THEN 'whale' WHEN revenue >= r80 THEN 'dolphin' ELSE 'minnow' END AS rseg,
  CASE WHEN t12 IS NOT NULL THEN 12 WHEN t11 IS NOT NULL THEN 11 WHEN t10 IS NOT NULL THEN 10 WHEN t9 IS NOT NULL THEN 9
       WHEN t8 IS NOT NULL THEN 8 WHEN t7 IS NOT NULL THEN 7 WHEN t6 IS NOT NULL THEN 6 WHEN t5 IS NOT NULL THEN 5
       WHEN t4 IS NOT NULL THEN 4 WHEN t3 IS NOT NULL THEN 3 WHEN t2 IS NOT NULL THEN 2 WHEN t1 IS NOT NULL THEN 1 ELSE 0 END AS stage,
  coalesce(t12, t11, t10, t9, t8, t7, t6, t5, t4, t3, t2, t1) AS stage_time
FROM u, mm;

CREATE TEMP TABLE th AS SELECT quantile_cont(score, 0.7) AS s70, quantile_cont(score, 0.3) AS s30 FROM w;

CREATE TEMP TABLE pc AS
SELECT revenue, (sum(c) OVER (ORDER BY revenue ROWS UNBOUNDED PRECEDING) - c + (c + 1) / 2.0) * 100.0 / (SELECT n FROM mm) AS pct
FROM (SELECT revenue, count(*) AS c FROM w GROUP BY revenue);

CREATE TEMP TABLE names AS SELECT unnest(range(13)) AS stage, unnest(['ftue_start', 'ftue_complete', 'level_1', 'level_2', 'level_3',
  'level_4', 'level_5', 'level_6', 'level_7', 'level_8', 'level_9', 'level_10', 'first_purchase']) AS name;

CREATE TEMP TABLE s AS
SELECT user_id, device_id, stage, stage_time, CASE WHEN stage = 0 THEN 0 ELSE substr(stage_time, 1, 10)::DATE - cohort_date END AS days,
  CASE WHEN idle >= 14 THEN 'churned' WHEN score >= s70 THEN 'high_engagement' WHEN score >= s30 THEN 'moderate_engagement'
       ELSE 'low_engagement' END AS bseg, rseg, score, pct, active_days, session_time, idle, w.revenue AS revenue, iap, ad, sub
FROM w JOIN pc ON w.revenue = pc.revenue CROSS JOIN th;

COPY (SELECT user_id, device_id, name AS stage, stage_time, days, bseg AS behavioral_segment, rseg AS revenue_segment,
  round(score, 6) AS score, round(pct, 4) AS revenue_percentile FROM s JOIN names USING (stage)) TO '@OUT@users.csv' (HEADER);

COPY (SELECT cohort_date, count(*) AS size,
  count(*) FILTER (d1) AS d1, CASE WHEN cohort_date + 1 <= lastday THEN round(100 * count(*) FILTER (d1) / count(*), 1) END AS d1_rate,
  count(*) FILTER (d3) AS d3, CASE WHEN cohort_date + 3 <= lastday THEN round(100 * count(*) FILTER (d3) / count(*), 1) END AS d3_rate,
  count(*) FILTER (d7) AS d7, CASE WHEN cohort_date + 7 <= lastday THEN round(100 * count(*) FILTER (d7) / count(*), 1) END AS d7_rate,
  count(*) FILTER (d14) AS d14, CASE WHEN cohort_date + 14 <= lastday THEN round(100 * count(*) FILTER (d14) / count(*), 1) END AS d14_rate,
  count(*) FILTER (d30) AS d30, CASE WHEN cohort_date + 30 <= lastday THEN round(100 * count(*) FILTER (d30) / count(*), 1) END AS d30_rate,
  count(*) FILTER (d60) AS d60, CASE WHEN cohort_date + 60 <= lastday THEN round(100 * count(*) FILTER (d60) / count(*), 1) END AS d60_rate
  FROM u, mm GROUP BY cohort_date, lastday ORDER BY cohort_date) TO '@OUT@retention.csv' (HEADER);

COPY (SELECT bseg AS segment, count(*) AS users, avg(score) AS avg_score, avg(active_days) AS avg_active_days,
  avg(session_time) AS avg_session_time, avg(idle) AS avg_idle, sum(revenue) AS revenue FROM s GROUP BY bseg ORDER BY bseg) TO '@OUT@behavioral.csv' (HEADER);

COPY (SELECT rseg AS segment, count(*) AS users, sum(revenue) AS revenue, sum(iap) AS iap, sum(ad) AS ad, sum(sub) AS subscription
  FROM s GROUP BY rseg ORDER BY rseg) TO '@OUT@revenue.csv' (HEADER);

COPY (WITH r AS (UNPIVOT (SELECT count(*) AS c0, count(t1) AS c1, count(t2) AS c2, count(t3) AS c3, count(t4) AS c4, count(t5) AS c5,
    count(t6) AS c6, count(t7) AS c7, count(t8) AS c8, count(t9) AS c9, count(t10) AS c10, count(t11) AS c11, count(t12) AS c12 FROM u)
    ON COLUMNS(*) INTO NAME k VALUE reached),
  h AS (SELECT stage, count(*) AS highest, avg(days) AS avg_days FROM s GROUP BY stage)
  SELECT name AS stage, reached, 100.0 * reached / n AS pct, coalesce(highest, 0) AS highest, avg_days
  FROM names JOIN r ON k = 'c' || names.stage LEFT JOIN h ON h.stage = names.stage CROSS JOIN mm ORDER BY names.stage) TO '@OUT@funnel.csv' (HEADER);
