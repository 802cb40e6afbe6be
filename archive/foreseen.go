package archive

import (
	"database/sql"
	"fmt"

	"hearth"
	"hearth/db"
)

// foreseen is what the tables say of the posts and authors of a request, read
// in a few statements before its first row is written. A post that changes in the
// same transaction is taken out of it and looked up again.
type foreseen struct {
	posts   map[storeKey]*current // by their keys without salt; nil: no such post
	authors map[string]state      // by authorKey; those of the request that have one; nil: not read
}

// foreseenRows is how many rows are looked up at once.
const foreseenRows = 4096

// foresee reads what a request will ask for.
func (l *log) foresee(rows []prepared) error {
	l.foreseen = foreseen{posts: make(map[storeKey]*current, len(rows))}
	keys := make(db.Blobs, 0, len(rows))
	for i := range rows {
		if op := rows[i].op; op == HideAuthor || op == ShowAuthor || op == DeleteAuthor {
			continue
		}
		if _, ok := l.foreseen.posts[rows[i].key]; !ok {
			l.foreseen.posts[rows[i].key] = nil
			keys = append(keys, rows[i].key[:])
		}
	}
	if len(keys) > 0 {
		if err := l.foreseePosts(keys); err != nil {
			return err
		}
	}
	if l.a.authors.Load() > 0 {
		return l.foreseeAuthors(rows)
	}
	return nil
}

func (l *log) foreseePosts(keys db.Blobs) error {
	found, err := keysAt(l.tx, l.workspace, keys)
	if err != nil {
		return fmt.Errorf("looking posts up: %w", err)
	}
	bySeq := map[hearth.Seq]*current{}
	var seqs []hearth.Seq
	for key, at := range found {
		c := &current{key: key, found: true, seq: at.seq, state: at.state}
		l.foreseen.posts[key] = c
		bySeq[c.seq] = c
		seqs = append(seqs, c.seq)
	}
	if len(seqs) == 0 {
		return nil
	}
	return l.a.loadRows(l.tx, l.workspace, seqs, func(r *row) error {
		c := bySeq[r.seq]
		if c == nil {
			return nil
		}
		err := l.a.open(r, &c.content)
		c.readable = err == nil
		if hearth.ErrorCode(err) == hearth.Damaged {
			return nil // whoever needs it will say so
		}
		return err
	})
}

// keyed is what post_key says of a post.
type keyed struct {
	seq   hearth.Seq
	state state
}

// keysAt finds the posts that stand under keys.
func keysAt(tx *db.Tx, ws hearth.WorkspaceID, keys db.Blobs) (map[storeKey]keyed, error) {
	const find = "SELECT list.column1, (SELECT seq * 4 + state FROM post_key WHERE workspace_id = ? AND key = list.column1) FROM (?...) AS list"
	rows, err := tx.Query(find, int64(ws), keys)
	if err != nil {
		return nil, err
	}
	found := map[storeKey]keyed{}
	err = db.EachRow(rows, func() error {
		var key []byte
		var both sql.NullInt64
		err := rows.Scan(&key, &both)
		if both.Valid {
			found[storeKey(key)] = keyed{hearth.Seq(both.Int64 / 4), state(both.Int64 % 4)}
		}
		return err
	})
	return found, err
}

func (l *log) foreseeAuthors(rows []prepared) error {
	asked := map[string]bool{}
	var keys db.Blobs
	for i := range rows {
		p := &rows[i].content.post
		if p.Author.ID == "" {
			continue
		}
		key := authorKey(p.Network, p.Author.ID)
		if !asked[string(key)] {
			asked[string(key)] = true
			keys = append(keys, key)
		}
	}
	var err error
	l.foreseen.authors, err = authorsAt(l.tx, l.workspace, keys)
	return err
}

// authorsAt is the states of those authors that have one.
func authorsAt(tx *db.Tx, ws hearth.WorkspaceID, keys db.Blobs) (map[string]state, error) {
	const find = "SELECT list.column1, (SELECT state FROM author_state WHERE workspace_id = ? AND author = list.column1) FROM (?...) AS list"
	rows, err := tx.Query(find, int64(ws), keys)
	if err != nil {
		return nil, fmt.Errorf("looking authors up: %w", err)
	}
	states := map[string]state{}
	err = db.EachRow(rows, func() error {
		var author []byte
		var is sql.NullInt64
		err := rows.Scan(&author, &is)
		if is.Valid {
			states[string(author)] = state(is.Int64)
		}
		return err
	})
	return states, err
}

// isNew says that an entry is for certain a post that is not there, of an author
// who is shown.
func (l *log) isNew(p *prepared) bool {
	if c, foreseen := l.foreseen.posts[p.key]; !foreseen || c != nil {
		return false
	}
	if l.a.authors.Load() == 0 || p.content.post.Author.ID == "" {
		return true
	}
	return l.foreseen.authors != nil && l.foreseen.authors[string(authorKey(p.content.post.Network, p.content.post.Author.ID))] == visible
}
