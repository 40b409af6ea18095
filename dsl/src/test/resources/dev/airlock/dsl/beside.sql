SELECT * FROM orders_ok WHERE ordered_on <= :as_of -- :not_me
