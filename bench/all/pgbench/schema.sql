-- The plain order row that the limit "single INSERT" was set with: 26 columns, one primary key, no other index.
CREATE TABLE orders(
 order_id bigint PRIMARY KEY, game_id int NOT NULL, server_id int NOT NULL, channel_id int NOT NULL,
 channel_order_no text, cp_order_no text NOT NULL, user_id bigint NOT NULL, role_id text NOT NULL, role_name text,
 role_level int, product_id text NOT NULL, product_name text, amount_cents int NOT NULL, currency text NOT NULL,
 quantity int NOT NULL, pay_type smallint NOT NULL, pay_status smallint NOT NULL, deliver_status smallint NOT NULL,
 client_ip text, device_id text, notify_url text NOT NULL, ext text, sign text NOT NULL,
 created_at timestamptz NOT NULL, paid_at timestamptz, updated_at timestamptz NOT NULL);
