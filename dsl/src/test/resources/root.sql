SELECT 1 AS one FROM orders_ok
