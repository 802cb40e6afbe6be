package hearth_test

// crossWorkspace lists the statements that serve all workspaces at once, with
// who asks them. None of them answers a person.
var crossWorkspace = map[string]string{
	"DELETE FROM approval WHERE expires < ?": "requests that ended more than a year ago, of whichever workspace",
	// archive
	"SELECT seq, workspace_id, op, replaces, body, sum FROM post WHERE seq > ? ORDER BY seq LIMIT ?":                                   "consumers read the log of all; each row carries its workspace",
	"SELECT coalesce(max(seq), 0) FROM post":                                                                                           "the start compares the log with its head",
	"SELECT workspace_id FROM post WHERE seq = ?":                                                                                      "the dead letter of a damaged row needs its workspace",
	"SELECT count(*) FROM author_state":                                                                                                "the start asks whether authors have to be looked up at all",
	"SELECT workspace_id, network, author_id FROM author_state WHERE pending = 1 LIMIT 1":                                              "the settler looks for its next author",
	"SELECT h.seq, EXISTS (SELECT 1 FROM author_state), i.generation FROM log_head h JOIN index_state i ON i.id = h.id WHERE h.id = 1": "each process asks what others have changed",
	"SELECT count(*) FROM post_key WHERE state = 0":                                                                                    "verification",
	"SELECT count(*) FROM post_time":                                                                                                   "verification",
	"SELECT count(*) FROM post_time t JOIN post p ON p.seq = t.seq AND p.workspace_id = t.workspace_id AND p.body IS NOT NULL":         "verification",
	"SELECT workspace_id, place, seq FROM post_time WHERE (workspace_id, place) > (?, ?) ORDER BY workspace_id, place LIMIT ?":         "verification",
	// bots
	"SELECT workspace_id, author, network, account, declared, followers, due, gone, band, said FROM bot_account WHERE judged > 0 AND judged <= ? AND due = 0 ORDER BY judged, workspace_id, author LIMIT 100":                                              "likewise, what was judged long ago",
	"SELECT workspace_id, author, network, account, declared, followers, due, gone, band, said FROM bot_account WHERE due > 0 AND due <= coalesce((SELECT seq FROM consumer_position WHERE consumer = ?), 0) ORDER BY due, workspace_id, author LIMIT 100": "the loop judges the accounts of all",
	"SELECT workspace_id, version FROM bot_change": "each process asks what has changed",
	// monitor and ingest
	"SELECT workspace_id, id, reason FROM dead_letter WHERE":                                                                                                                                           "what was dismissed long ago is thrown away",
	"SELECT workspace_id, id, query FROM monitor WHERE removed IS NULL AND paused = 0":                                                                                                                 "the start lets all monitors listen",
	"SELECT workspace_id, id, version, kind, name, entries, created, changed, coalesce(removed, 0) FROM list WHERE removed IS NULL":                                                                    "the start reads the shared lists of all",
	"SELECT count(*), coalesce(sum(version), 0), coalesce(sum(id), 0), coalesce(sum(workspace_id), 0), (SELECT coalesce(sum(version), 0) FROM list) FROM monitor WHERE removed IS NULL AND paused = 0": "each process sees that another has changed something",
	"SELECT workspace_id, id, version, query FROM monitor WHERE removed IS NULL AND paused = 0":                                                                                                        "and what",
	"SELECT workspace_id, monitor_id, query_version FROM backfill WHERE state <> 'running'":                                                                                                            "the search of the past looks for its next monitor",
	"SELECT workspace_id, id, query_version, query FROM monitor WHERE removed IS NULL AND paused = 0 ORDER BY changed":                                                                                 "likewise",
	"SELECT workspace_id, id FROM monitor WHERE removed < ? AND purged < 2":                                                                                                                            "removed monitors are cleared away",
	"DELETE FROM total":        "the derived tables are built anew",
	"DELETE FROM tile":         "likewise",
	"DELETE FROM name":         "likewise",
	"DELETE FROM mention":      "likewise",
	"DELETE FROM tally":        "likewise",
	"DELETE FROM tally_missed": "likewise",
	"DELETE FROM dimension":    "likewise",
	"SELECT workspace_id, id FROM source WHERE removed IS NOT NULL":                                                                                         "removed sources are tidied away",
	"SELECT workspace_id, id, version, network, name, settings, paused, keep_everything, created, changed FROM source WHERE removed IS NULL AND paused = 0": "the program looks which sources to run",

	// access
	"SELECT hash FROM invitation WHERE lower(mail) = ? AND used = 0 AND withdrawn = 0 AND expires > ? ORDER BY created, id LIMIT 2": "whoever a provider vouches for is invited to one workspace, and says not to which",

	// outbox
	"UPDATE dispatch SET state = 'unknown', error = ?, fence = fence + 1 WHERE state = 'sending'":                                                                                                                                     "a sender that begins finds what another one was sending",
	"UPDATE dispatch_attempt SET result = 'unknown', error = ? WHERE result = 'sending'":                                                                                                                                              "likewise",
	"UPDATE dispatch SET state = 'queued', due = ?, error = ?, fence = fence + 1 WHERE state = 'sending' AND kind IN ('webhook', 'push')":                                                                                             "likewise",
	"UPDATE dispatch SET state = 'sending', fence = fence + 1 WHERE state = 'queued' AND due <= ?":                                                                                                                                    "the whole store was put back from a backup",
	"SELECT DISTINCT workspace_id FROM channel ORDER BY workspace_id":                                                                                                                                                                 "the whole store was put back from a backup",
	"DELETE FROM dispatch_attempt WHERE EXISTS ( SELECT 1 FROM dispatch AS d WHERE d.workspace_id = dispatch_attempt.workspace_id AND d.id = dispatch_attempt.dispatch_id AND d.state IN ('sent', 'failed', 'dead') AND d.ended < ?)": "old dispatches are tidied away",
	"DELETE FROM dispatch WHERE state IN ('sent', 'failed', 'dead') AND ended < ?":                                                                                                                                                    "likewise",
	"SELECT DISTINCT workspace_id, channel_id FROM dispatch WHERE state = 'queued' AND due <= ? LIMIT ?":                                                                                                                              "one sender serves all workspaces",

	// alert
	"SELECT workspace_id, id, version, monitor_id, class, state, began, raised, last, evidence, told_class, told_posts, same_as, incident_id FROM alert WHERE state = 'open' AND last < ? ORDER BY workspace_id, id LIMIT 100": "alerts of all workspaces end by themselves",
	"SELECT workspace_id, monitor_id, rule FROM alert_rule WHERE rule LIKE '%\"own\":%'":                                  "rows of the log are of all workspaces, and so are the queries that say whose posts are one's own",
	"SELECT workspace_id, monitor_id, sum(posts + own) FROM alert_bin WHERE start >= ? GROUP BY workspace_id, monitor_id": "the watcher looks which monitors speak",
	"SELECT workspace_id, source_id FROM alert_source WHERE failed = 1":                                                   "the watcher looks after the sources of all",
	"DELETE FROM alert_bin WHERE start < ?":                                                                               "old counts are tidied away",

	// jobs
	"SELECT workspace_id, id FROM job AS j WHERE state = 'waiting' AND (due <= ? OR due = created OR attempts > 0 AND due > ?) AND kind IN (''":    "a process looks for its next job",
	"SELECT count(*) FROM job WHERE state = 'running' AND process_id NOT IN (SELECT id FROM process)":                                              "jobs of dead processes are freed",
	"UPDATE job SET state = 'waiting', process_id = '', error = ?, due = ? WHERE state = 'running' AND process_id NOT IN (SELECT id FROM process)": "likewise",
	"SELECT coalesce(min(due), 0) FROM job WHERE state = 'waiting' AND due > ?":                                                                    "a process asks when to look again",
	"SELECT id FROM job WHERE process_id = ? AND state = 'running' AND cancel = 1":                                                                 "a process sees which of its jobs to stop",
	"DELETE FROM job WHERE state IN ('done', 'cancelled') AND ended < ? OR state = 'dead' AND ended < ?":                                           "old jobs are tidied away",
	"SELECT workspace_id, state, count(*) FROM job WHERE state IN ('done', 'cancelled', 'dead') GROUP BY workspace_id, state HAVING count(*) > ?":  "likewise, where there are too many",

	// archive
	"SELECT coalesce(min(workspace_id), 0) FROM post_key WHERE workspace_id > ?": "a newer analysis judges the posts of all workspaces",

	// tag
	"SELECT workspace_id, id, version, place, name, query, monitor_id, tags, stop, paused, since, created, changed FROM tag_rule WHERE removed IS NULL AND paused = 0":                                                                                   "rules of all workspaces follow one log",
	"SELECT workspace_id, id, state, reason, rule_id, query, monitor_id, since, until, tags, dropped, corrections, cursor, total, looked, changed, user_id, begun, written FROM tag_run WHERE state IN ('running', 'undoing') ORDER BY workspace_id, id": "the program looks which posts are to be tagged",

	// copies and topics
	"DELETE FROM consumer_dead_letter WHERE consumer = ?": "a consumer begins anew",
	"DELETE FROM copy_post":                               "the derived tables are built anew",
	"DELETE FROM copy_band":                               "likewise",
	"DELETE FROM copy_text":                               "likewise",
	"DELETE FROM bot_post":                                "bots found anew, all of them",
	"DELETE FROM bot_account":                             "likewise",
	"UPDATE bot_change SET version = version + 1":         "likewise",
	"DELETE FROM topic_post":                              "likewise",
	"UPDATE topic SET posts = 0, labelled = 0, live = CASE WHEN length(centroid) > 0 THEN 1 ELSE 0 END": "likewise",
	"UPDATE topic_model SET revision = revision + 1, seq = 0, data = ?":                                 "likewise",

	"SELECT p.workspace_id, p.seq, t.cluster FROM copy_post p JOIN copy_text t ON t.workspace_id = p.workspace_id AND t.id = p.text_id":                                                                                                                                              "verification",
	`SELECT count(*) FROM (SELECT DISTINCT workspace_id, author FROM bot_post) AS p WHERE NOT EXISTS (SELECT 1 FROM bot_account a WHERE a.workspace_id = p.workspace_id AND a.author = p.author)`:                                                                                    "verification",
	`SELECT count(*) FROM bot_account a WHERE a.due = 0 AND a.judged > 0 AND a.posts <> (SELECT count(*) FROM bot_post p WHERE p.workspace_id = a.workspace_id AND p.author = a.author AND p.hidden = 0)`:                                                                            "verification",
	`SELECT workspace_id, seq, author, at, text, reply, host, hidden FROM bot_post`:                                                                                                                                                                                                  "verification",
	"SELECT t.workspace_id, t.id, t.posts, (SELECT count(*) FROM topic_post p WHERE p.workspace_id = t.workspace_id AND p.topic_id = t.id) AS there FROM topic t ORDER BY t.workspace_id, t.id":                                                                                      "verification",
	"SELECT count(*) FROM topic_post p WHERE NOT EXISTS (SELECT 1 FROM topic t WHERE t.workspace_id = p.workspace_id AND t.id = p.topic_id)":                                                                                                                                         "verification",
	"DELETE FROM topic WHERE name = '' AND muted = 0 AND apart = 0 AND NOT (parent_id <> 0 AND live = 1) AND NOT EXISTS (SELECT 1 FROM topic c WHERE c.workspace_id = topic.workspace_id AND c.parent_id = topic.id AND (c.live = 1 OR c.name <> '' OR c.muted = 1 OR c.apart = 1))": "the derived tables are built anew, but for what people said",
	"UPDATE topic SET parent_id = 0 WHERE parent_id <> 0 AND NOT EXISTS (SELECT 1 FROM topic p WHERE p.workspace_id = topic.workspace_id AND p.id = topic.parent_id)":                                                                                                                "likewise",
	// reanalysis
	"SELECT workspace_id, id, state, reason, whole, query, monitor_id, since, until, models, head, cursor, back, total, looked, same_models, changed, kept, skipped, user_id, begun, written FROM reanalysis_run WHERE state IN ('running', 'undoing') ORDER BY workspace_id, id": "the program looks which posts are to be judged anew",

	// quality
	"SELECT workspace_id FROM quality_check_post GROUP BY workspace_id HAVING max(at) > coalesce((SELECT max(at) FROM quality_calibration c WHERE c.workspace_id = quality_check_post.workspace_id), 0) ORDER BY workspace_id": "the program looks where something new was judged",

	// replay
	"DELETE FROM replay_block WHERE last < ?":                                               "the window forgets by age",
	"DELETE FROM replay_grave WHERE span < ?":                                               "likewise",
	"SELECT coalesce(sum(size), 0) FROM replay_block":                                       "the window has one size for all",
	"DELETE FROM replay_block WHERE id = (SELECT min(id) FROM replay_block) RETURNING size": "the window forgets by size",
	"SELECT workspace_id, id, posts, plain, checksum, codec, body FROM replay_block WHERE codec = 1 AND id > ? AND id < ? ORDER BY id LIMIT 1": "each block is packed again for itself",
	"SELECT coalesce(max(id), 0) + 1 FROM replay_block": "blocks are numbered in one row",

	// ingest, webhooks
	"SELECT workspace_id, source_id FROM source_path WHERE token_hash = ?": "a secret path says whose delivery it is",

	// access
	"SELECT k.workspace_id, k.id, k.name, k.scopes, k.brand_id, k.user_id, k.created, k.expires, k.seen, k.revoked FROM api_key k WHERE k.hash = ?":                                           "a key says whose it is",
	"SELECT m.workspace_id, w.name, m.role FROM member m JOIN workspace w ON w.id = m.workspace_id WHERE m.user_id = ? AND m.disabled = 0 AND w.archived = 0 ORDER BY m.workspace_id LIMIT ?": "a person sees where they may go",
	"SELECT i.workspace_id, i.id, i.mail, i.role, i.brand_id, i.invited_by, i.created, i.expires, i.used, i.used_by, i.withdrawn FROM invitation i WHERE i.hash = ?":                          "an invitation says where it leads",
}
