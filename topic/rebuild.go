package topic

import (
	"context"
	"fmt"

	"hearth"
	"hearth/db"
)

// Rebuild sorts all posts anew, up to the present end of the log. What people said
// stays: a topic that they named, muted, merged or took apart keeps its id and what its
// posts are compared with; all others are found again and may have other ids.
func (t *Topics) Rebuild(ctx context.Context, progress func(share float64)) error {
	err := t.o.State.Write(ctx, func(tx *db.Tx) error {
		for _, statement := range [...]string{ // all workspaces: the tables as a whole
			`DELETE FROM topic_post`,
			`DELETE FROM topic WHERE name = '' AND muted = 0 AND apart = 0 AND NOT (parent_id <> 0 AND live = 1)
				AND NOT EXISTS (SELECT 1 FROM topic c WHERE c.workspace_id = topic.workspace_id AND c.parent_id = topic.id AND (c.live = 1 OR c.name <> '' OR c.muted = 1 OR c.apart = 1))`,
			`UPDATE topic SET posts = 0, labelled = 0, live = CASE WHEN length(centroid) > 0 THEN 1 ELSE 0 END`,
			`UPDATE topic SET parent_id = 0 WHERE parent_id <> 0 AND NOT EXISTS (SELECT 1 FROM topic p WHERE p.workspace_id = topic.workspace_id AND p.id = topic.parent_id)`,
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE topic_model SET revision = revision + 1, seq = 0, data = ?`, []byte{}); err != nil { // likewise
			return err
		}
		_, err := tx.Exec(`UPDATE topic_place SET seq = 0 WHERE id = 1`)
		return err
	})
	if err != nil {
		return err
	}
	return t.catch(ctx, progress)
}

// Verify looks whether each number of posts is that of the posts, and whether each
// post belongs to a topic that is there. It says what is wrong.
func (t *Topics) Verify(ctx context.Context) (problems []string, err error) {
	return problems, t.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT t.workspace_id, t.id, t.posts, (SELECT count(*) FROM topic_post p WHERE p.workspace_id = t.workspace_id AND p.topic_id = t.id) AS there
			FROM topic t ORDER BY t.workspace_id, t.id`) // all workspaces: verification
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			var ws hearth.WorkspaceID
			var id ID
			var says, is int64
			err := rows.Scan(&ws, &id, &says, &is)
			if says != is {
				problems = append(problems, fmt.Sprintf("topic %d of workspace %s says that it has %d posts, and has %d", id, ws, says, is))
			}
			return err
		})
		if err != nil {
			return err
		}
		var lost int64
		const homeless = `SELECT count(*) FROM topic_post p WHERE NOT EXISTS (SELECT 1 FROM topic t WHERE t.workspace_id = p.workspace_id AND t.id = p.topic_id)`
		if err := tx.QueryRow(homeless).Scan(&lost); err != nil || lost == 0 { // likewise
			return err
		}
		problems = append(problems, fmt.Sprintf("%d posts belong to topics that are not there", lost))
		return nil
	})
}
