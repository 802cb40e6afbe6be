-- The posts of a topic, without a look at their rows.
DROP INDEX topic_post_topic;
CREATE INDEX topic_post_topic ON topic_post (workspace_id, topic_id, at, seq);
