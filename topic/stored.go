package topic

import (
	"context"
	"fmt"
	"strconv"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
)

// mostRows is how many posts a value of topic: may select.
const mostRows = 500_000

// The posts of topics in a time.
const (
	postsOfTopics = `SELECT seq FROM topic_post WHERE workspace_id = ? AND topic_id IN (?...) AND at >= ? AND at < ? LIMIT ?`
	postsByTopic  = `SELECT seq, topic_id FROM topic_post WHERE workspace_id = ? AND topic_id IN (?...) AND at >= ? AND at < ? LIMIT ?`
)

// selected gives the posts of a topic by its number or its name, with those of the topics
// that are part of it. Topics of one name are all meant. It is what topic: selects in
// searches (monitor.Knower). Whoever does not see all posts is not told which topics
// there are: one that is not there holds no posts.
func (t *Topics) selected(ctx context.Context, by access.Actor, ask monitor.StoredAsk) (query.Rows, error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		return query.Rows{}, err
	}
	name, ok := ask.Value.(query.TopicValue)
	if !ok {
		return query.Rows{}, hearth.Errorf(hearth.Internal, "topics do not answer for %s:", ask.Name)
	}
	from, to := span(ask.From, ask.To)
	var seqs []int64
	err = t.o.State.Read(ctx, func(tx *db.Tx) error {
		all, err := readFamily(tx, by.Workspace)
		if err != nil {
			return err
		}
		ids := all.called(name)
		if len(ids) == 0 {
			if !scope.Whole() {
				return nil
			}
			return &hearth.Error{Code: hearth.Invalid, Field: "query", Message: fmt.Sprintf("There is no topic “%s”; take a number or a name from the topics of a monitor.", string(name))}
		}
		rows, err := tx.Query(postsOfTopics, by.Workspace, ids, from, to, mostRows+1)
		if err != nil {
			return fmt.Errorf("reading the posts of a topic: %w", err)
		}
		return db.EachRow(rows, func() error {
			var seq int64
			err := rows.Scan(&seq)
			seqs = append(seqs, seq)
			return err
		})
	})
	if err == nil && len(seqs) > mostRows {
		err = &hearth.Error{Code: hearth.Invalid, Field: "query", Message: "This topic has more than 500,000 posts; ask for a shorter time."}
	}
	return query.NewRows(seqs), err
}

// called is the topics of a number or a name, with their parts.
func (f *family) called(name query.TopicValue) (ids db.Ints) {
	take := func(root *row) {
		ids = append(ids, int64(root.id))
		for _, part := range f.parts(root.id) {
			ids = append(ids, int64(part))
		}
	}
	if id, err := strconv.ParseInt(string(name), 10, 64); err == nil {
		if root := f.root(ID(id)); root != nil {
			take(root)
			return ids
		}
	}
	for _, r := range f.rows {
		if r.parent == 0 && query.TopicKey(r.shown()) == string(name) {
			take(r)
		}
	}
	return ids
}
