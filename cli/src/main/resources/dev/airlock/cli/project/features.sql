-- One row per subscriber and month end; nothing later than the run's logical date.
SELECT month_end, ln(1 + logins) AS log_logins, tickets, renewed
FROM subscribers_ok
WHERE month_end <= CAST(:as_of AS DATE)
