-- What copies: reads: the texts that are not alone and told once, and which of their
-- posts are shown, without a look at the rows.
CREATE INDEX copy_text_told ON copy_text (workspace_id, cluster, posts, id) WHERE posts > 1 OR cluster <> id;
DROP INDEX copy_post_text;
CREATE INDEX copy_post_text ON copy_post (workspace_id, text_id, at, seq, hidden);
