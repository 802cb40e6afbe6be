package copies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
)

// Options of New; all are required.
type Options struct {
	State   *db.DB // hearth.db, with StateSchema and the audit log
	Store   *db.DB // archive.db, with ArchiveSchema
	Archive *archive.Archive
	Posts   *monitor.Posts
	Clock   hearth.Clock
}

// Copies is the clusters of an archive. It may be used by many goroutines at once.
type Copies struct {
	o    Options
	made campaignCache
	told answers
}

// New reads clusters; Run makes them.
//
// It answers for copies: and copy: in searches of the posts.
func New(o Options) *Copies {
	c := &Copies{o: o}
	if o.Posts != nil { // else clusters are only made
		o.Posts.Know(c.selected, query.FieldCopies, query.FieldCopy)
	}
	return c
}

// Run follows the log until ctx ends. Of several processes one should.
func (c *Copies) Run(ctx context.Context) error {
	err := c.o.Archive.Consume(ctx, Consumer())
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Place is the last row of the log that was taken in.
func (c *Copies) Place(ctx context.Context) (hearth.Seq, error) {
	return c.o.Archive.Position(ctx, consumer)
}

// Cluster is posts that tell the same text. Hidden posts do not count.
type Cluster struct {
	Posts  int64
	Texts  int64 // ways in which it is worded
	People int64 // authors; those whom nobody knows are none
	First  time.Time
	Last   time.Time
	Poster hearth.Seq // the post that told it first
}

// Members is a cluster and a page of its posts, the first first.
type Members struct {
	Cluster
	List []archive.Stored
	More bool // there are more than fit on the page
}

// mostMembers is how many posts of a cluster are given at most.
const mostMembers = 200

// mostLooked is how many of its posts are looked at for somebody who does not see all.
const mostLooked = 500

// Of gives the cluster of a post and its first posts, at most 200 (0: 50). A post
// that nobody copied is a cluster of its own.
func (c *Copies) Of(ctx context.Context, by access.Actor, key hearth.Key, limit int) (m Members, err error) {
	if err := by.CheckSome(access.ReadPosts); err != nil {
		return m, err
	}
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, mostMembers)
	post, err := c.o.Posts.Get(ctx, by, key)
	if err != nil {
		return m, err
	}
	m.Cluster, m.List, err = c.seenBy(ctx, by, post.Seq, limit)
	if err != nil {
		return m, err
	}
	if len(m.List) == 0 {
		at := post.Post.Published
		if at.IsZero() {
			at = post.Received
		}
		m.Cluster = Cluster{Posts: 1, Texts: 1, People: min(1, int64(len(post.Post.Author.ID+post.Post.Author.Handle))), First: at, Last: at, Poster: post.Seq}
		m.List = []archive.Stored{post}
		return m, nil
	}
	m.More = m.Posts > int64(len(m.List))
	return m, nil
}

// seenBy gives the cluster of a post and its first posts; nothing where it is in none.
// Whoever does not see the whole workspace is told of posts that they see only: of the
// first of a cluster, as many as are looked at.
func (c *Copies) seenBy(ctx context.Context, by access.Actor, seq hearth.Seq, limit int) (sum Cluster, list []archive.Stored, err error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		return sum, nil, err
	}
	var seqs []hearth.Seq
	var texts map[hearth.Seq]int64
	err = c.o.Store.Read(ctx, func(tx *db.Tx) error {
		known, err := clustersOf(tx, by.Workspace, []hearth.Seq{seq})
		cluster := known[seq]
		if err != nil || cluster == 0 {
			return err
		}
		if scope.Whole() {
			if sum, err = summary(tx, by.Workspace, cluster); err != nil {
				return err
			}
			seqs, err = membersOf(tx, by.Workspace, cluster, limit)
			return err
		}
		if seqs, err = membersOf(tx, by.Workspace, cluster, mostLooked); err != nil {
			return err
		}
		texts, err = textsOf(tx, by.Workspace, cluster, mostLooked)
		return err
	})
	if err != nil || len(seqs) == 0 {
		return sum, nil, err
	}
	if list, err = c.o.Archive.BySeq(ctx, by.Workspace, seqs); err != nil || scope.Whole() {
		return sum, list, err
	}
	if list, err = c.o.Posts.See(ctx, by, list); err != nil {
		return sum, nil, err
	}
	return summaryOf(list, texts), list[:min(len(list), limit)], nil
}

// summaryOf is the cluster that some posts are, in the order in which they were told.
func summaryOf(list []archive.Stored, texts map[hearth.Seq]int64) (c Cluster) {
	worded, people := map[int64]bool{}, map[int64]bool{}
	for i := range list {
		s := &list[i]
		at := s.Post.Published
		if at.IsZero() {
			at = s.Received
		}
		if i == 0 {
			c.First, c.Last, c.Poster = at, at, s.Seq
		}
		if at.After(c.Last) {
			c.Last = at
		}
		worded[texts[s.Seq]] = true
		if author := authorOf(&s.Post); author != 0 {
			people[author] = true
		}
	}
	c.Posts, c.Texts, c.People = int64(len(list)), int64(len(worded)), int64(len(people))
	return c
}

// clustersOf gives the clusters of some posts; posts that are in none are left out.
func clustersOf(tx *db.Tx, ws hearth.WorkspaceID, seqs []hearth.Seq) (map[hearth.Seq]int64, error) {
	known := make(map[hearth.Seq]int64, len(seqs))
	const atOnce = 500
	for len(seqs) > 0 {
		part := seqs[:min(len(seqs), atOnce)]
		seqs = seqs[len(part):]
		args := []any{ws, ws}
		for _, seq := range part {
			args = append(args, seq)
		}
		rows, err := tx.Query(`SELECT p.seq, t.cluster FROM copy_post p JOIN copy_text t ON t.workspace_id = ? AND t.id = p.text_id
			WHERE p.workspace_id = ? AND p.seq IN (`+marks(len(part))+`)`, args...)
		if err != nil {
			return nil, fmt.Errorf("reading clusters: %w", err)
		}
		err = db.EachRow(rows, func() error {
			var seq hearth.Seq
			var cluster int64
			err := rows.Scan(&seq, &cluster)
			known[seq] = cluster
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

// The posts that tell a text and are shown. SQLite takes a workspace for something that
// tells few rows apart from many, which it does not: it would read all posts of the
// workspace for each text. The order of the join, and a bound that every time keeps,
// lead it to the index of the texts.
const (
	postsOfTexts = `copy_text t CROSS JOIN copy_post p`
	ofText       = `p.text_id = t.id AND p.at > -9223372036854775807 AND p.hidden = 0`
)

func summary(tx *db.Tx, ws hearth.WorkspaceID, cluster int64) (c Cluster, err error) {
	var first, last int64
	const sum = `SELECT count(*), count(DISTINCT p.text_id), count(DISTINCT CASE WHEN p.author <> 0 THEN p.author END), coalesce(min(p.at), 0), coalesce(max(p.at), 0)
FROM ` + postsOfTexts + ` WHERE t.workspace_id = ? AND t.cluster = ? AND p.workspace_id = ? AND ` + ofText
	if err := tx.QueryRow(sum, ws, cluster, ws).Scan(&c.Posts, &c.Texts, &c.People, &first, &last); err != nil {
		return c, err
	}
	c.First, c.Last = db.FromMicros(first), db.FromMicros(last)
	seqs, err := membersOf(tx, ws, cluster, 1)
	if len(seqs) == 1 {
		c.Poster = seqs[0]
	}
	return c, err
}

// membersOf are the first posts of a cluster.
func membersOf(tx *db.Tx, ws hearth.WorkspaceID, cluster int64, limit int) (seqs []hearth.Seq, err error) {
	rows, err := tx.Query(`SELECT p.seq FROM `+postsOfTexts+` WHERE t.workspace_id = ? AND t.cluster = ? AND p.workspace_id = ? AND `+ofText+`
		ORDER BY p.at, p.seq LIMIT ?`, ws, cluster, ws, limit)
	if err != nil {
		return nil, err
	}
	return seqs, db.EachRow(rows, func() error {
		var seq hearth.Seq
		err := rows.Scan(&seq)
		seqs = append(seqs, seq)
		return err
	})
}

// textsOf are the ids of the texts of those.
func textsOf(tx *db.Tx, ws hearth.WorkspaceID, cluster int64, limit int) (map[hearth.Seq]int64, error) {
	rows, err := tx.Query(`SELECT p.seq, p.text_id FROM `+postsOfTexts+` WHERE t.workspace_id = ? AND t.cluster = ? AND p.workspace_id = ? AND `+ofText+`
		ORDER BY p.at, p.seq LIMIT ?`, ws, cluster, ws, limit)
	if err != nil {
		return nil, err
	}
	texts := map[hearth.Seq]int64{}
	return texts, db.EachRow(rows, func() error {
		var seq hearth.Seq
		var id int64
		err := rows.Scan(&seq, &id)
		texts[seq] = id
		return err
	})
}
