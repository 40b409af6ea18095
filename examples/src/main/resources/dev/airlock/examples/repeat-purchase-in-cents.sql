-- One row per customer who has bought by then and month end, from three months after the first order on.
-- Whatever stands in a row, but its label, was known at the end of its day; how long somebody has been a customer is left out, because it only grows.
WITH purchase_days AS (
  SELECT customer_id, ordered_on, count(*) AS orders, sum(CAST(amount * 100 AS DECIMAL(12, 2))) AS spend
  FROM orders_ok
  WHERE ordered_on <= CAST(:as_of AS DATE)
  GROUP BY customer_id, ordered_on
),
history AS (
  -- No month after the last order: a file that has grown old makes no snapshots of silence.
  SELECT min(ordered_on) AS starts_on, max(ordered_on) AS known_until, last_day(max(ordered_on)) AS ends_on
  FROM purchase_days
),
months AS (
  SELECT starts_on, known_until, explode(sequence(trunc(starts_on, 'MONTH'), ends_on, INTERVAL 1 MONTH)) AS month
  FROM history
),
snapshots AS (
  SELECT last_day(month) AS as_of, known_until
  FROM months
  WHERE last_day(month) >= add_months(starts_on, 3) AND last_day(month) <= CAST(:as_of AS DATE)
),
known AS (
  SELECT
    s.as_of,
    s.known_until,
    d.customer_id,
    datediff(s.as_of, max(d.ordered_on)) AS recency,
    count(*) AS days,
    datediff(max(d.ordered_on), min(d.ordered_on)) AS span,
    sum(d.orders) AS orders,
    sum(d.spend) AS spend,
    sum(CASE WHEN d.ordered_on > date_sub(s.as_of, 90) THEN d.orders ELSE 0 END) AS orders_90,
    sum(CASE WHEN d.ordered_on > date_sub(s.as_of, 90) THEN d.spend ELSE 0 END) AS spend_90
  FROM snapshots s
  JOIN purchase_days d ON d.ordered_on <= s.as_of
  GROUP BY s.as_of, s.known_until, d.customer_id
),
returned AS (
  SELECT DISTINCT s.as_of, d.customer_id
  FROM snapshots s
  JOIN purchase_days d ON d.ordered_on > s.as_of AND d.ordered_on <= date_add(s.as_of, :horizon_days)
)
SELECT
  k.as_of,
  k.customer_id,
  log1p(k.recency) AS log_recency,
  ln(k.orders) AS log_frequency,
  log1p(CAST(k.spend AS DOUBLE)) AS log_spend,
  CASE WHEN k.days > 1 THEN log1p(k.span / (k.days - 1)) ELSE 0D END AS log_mean_gap,
  CASE WHEN k.days > 1 THEN log1p(k.recency) - log1p(k.span / (k.days - 1)) ELSE 0D END AS log_gap_ratio,
  log1p(k.orders_90) AS log_orders_90,
  log1p(CAST(k.spend_90 AS DOUBLE)) AS log_spend_90,
  CASE
    -- A horizon that is not over, or that the file does not cover: nobody knows.
    WHEN date_add(k.as_of, :horizon_days) > k.known_until THEN NULL
    WHEN r.customer_id IS NULL THEN 0
    ELSE 1
  END AS repeat
FROM known k
LEFT JOIN returned r ON r.as_of = k.as_of AND r.customer_id = k.customer_id
ORDER BY k.as_of, k.customer_id
