TRUNCATE orders;
INSERT INTO orders SELECT g, 1001, 17, 203, 'CH' || g, 'CP2026112100000' || g, 88812345, 'role-55512', 'Hero of Light', 42, 'com.game.gem.648', 'Gem pack 648', 64800, 'CNY', 1, 3, 0, 0, '203.0.113.77', 'd41d8cd98f00b204e9800998ecf8427e', 'http://127.0.0.1:9100/cb', '{"zone":17,"promo":"none"}', '9e107d9d372bb6826bd81d3542a419d6', now(), NULL, now() FROM generate_series(1,200000) g;
VACUUM ANALYZE orders;
CHECKPOINT;
