package tag

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/query"
)

//go:embed schema/archive/*.sql schema/state/*.sql
var schemas embed.FS

// ArchiveSchema is the tables of this package in archive.db.
func ArchiveSchema() db.Schema { return db.SchemaIn(schemas, "tag", "schema/archive") }

// StateSchema is those in hearth.db.
func StateSchema() db.Schema { return db.SchemaIn(schemas, "tag", "schema/state") }

// Options of New; all are required.
type Options struct {
	State    *db.DB // hearth.db, with StateSchema and the audit log
	Store    *db.DB // archive.db, with ArchiveSchema
	Archive  *archive.Archive
	Monitors *monitor.Monitors
	Clock    hearth.Clock
	Log      *slog.Logger
}

// Tags sets tags. It may be used by many goroutines at once.
type Tags struct {
	o     Options
	posts *monitor.Posts
	work  chan struct{} // a run waits; at most one wake-up does

	changed chan struct{} // the rules have; likewise
}

// New makes the tags of an archive; Run does what takes long.
func New(o Options) *Tags {
	return &Tags{o: o, posts: monitor.NewPosts(o.Monitors), work: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
}

const (
	mostPosts = 500 // of one call of Set
	mostTags  = 20  // of one change
	maxTag    = 100 // characters
)

// Change is what is said of posts: tags to be set and to be taken away, and words
// against the analysis.
type Change struct {
	Set     []string
	Drop    []string
	Correct []Correction // at most one a field
}

// Correction is what a field of archive.Corrected is to be, in the words of an
// archive.Note; "": what the analysis says.
type Correction struct {
	Field archive.Field `json:"field"`
	Value string        `json:"value,omitempty"`
}

// Done is what came of tagging some posts.
type Done struct {
	Run     int64 // by which it can be undone; 0: nothing changed
	Changed int
	Same    int // posts that were so already
	Missing int // posts that are not there
}

// Set changes the tags of some posts at once, at most 500, or corrects them.
func (t *Tags) Set(ctx context.Context, by access.Actor, posts []hearth.Key, c Change) (done Done, err error) {
	if err := by.CheckSome(access.TagPosts); err != nil {
		return done, err
	}
	if err := c.check(); err != nil {
		return done, err
	}
	if len(posts) == 0 || len(posts) > mostPosts {
		return done, &hearth.Error{Code: hearth.Invalid, Field: "posts", Message: fmt.Sprintf("Name from 1 to %d posts; for more, tag what a query selects.", mostPosts)}
	}
	posts, unseen, err := t.seen(ctx, by, posts)
	if err != nil {
		return done, err
	}
	if done.Missing = unseen; len(posts) == 0 {
		return done, nil
	}
	r := Run{State: Finished, Change: c, Total: int64(len(posts)), By: by.User, Begun: t.o.Clock()}
	if err := access.Note(ctx, t.o.State, r.Begun, by, "tags.set", access.Of("workspace", by.Workspace), nil, noted{c.Set, c.Drop, c.Correct, len(posts), ""}); err != nil {
		return done, err
	}
	if err := t.insert(ctx, by.Workspace, &r); err != nil {
		return done, err
	}
	results, err := t.o.Archive.Annotate(ctx, by.Workspace, c.notes(posts), t.author(by, &r), t.o.Monitors.Catch, func(tx *db.Tx, results []archive.Result) error {
		r.count(results)
		return r.write(tx, by.Workspace, t.o.Clock())
	})
	for _, result := range results {
		switch {
		case result.Stored:
			done.Changed++
		case result.Reason == archive.NoSuchPost:
			done.Missing++
		default:
			done.Same++
		}
	}
	if done.Changed > 0 {
		done.Run = r.ID
	}
	return done, err
}

// seen leaves the posts that the actor sees, and counts the others, which are for
// them as if they were not there.
func (t *Tags) seen(ctx context.Context, by access.Actor, posts []hearth.Key) (seen []hearth.Key, others int, err error) {
	scope, err := by.Scope(access.ReadPosts)
	if err != nil {
		scope, err = by.Scope(access.TagPosts) // a key that tags and does not read
	}
	if err != nil || !scope.Bound() {
		return posts, 0, err
	}
	for _, key := range posts {
		switch _, err := t.posts.Get(ctx, by, key); {
		case err == nil:
			seen = append(seen, key)
		case hearth.ErrorCode(err) == hearth.NotFound:
			others++
		default:
			return nil, 0, err
		}
	}
	return seen, others, nil
}

// noted is what the audit log keeps.
type noted struct {
	Set     []string     `json:"set,omitempty"`
	Drop    []string     `json:"drop,omitempty"`
	Correct []Correction `json:"correct,omitempty"`
	Posts   int          `json:"posts,omitempty"`
	Query   string       `json:"query,omitempty"`
}

// author is who says what a run says. What the operator of the machine does is
// nobody's with a number, but a person's.
func (t *Tags) author(by access.Actor, r *Run) archive.Author {
	if r.Rule != 0 {
		return archive.Author{Rule: r.Rule, Run: r.ID}
	}
	return archive.Author{User: by.User, Run: r.ID}
}

// Said is everything that people and rules said of a post, in order.
func (t *Tags) Said(ctx context.Context, by access.Actor, key hearth.Key) ([]archive.Annotation, error) {
	if _, err := t.posts.Get(ctx, by, key); err != nil { // its permission, and hidden posts
		return nil, err
	}
	return t.o.Archive.Annotations(ctx, by.Workspace, key)
}

// check tidies the tags and says what is wrong with them.
func (c *Change) check() error {
	if err := c.checkCorrections(); err != nil {
		return err
	}
	if tags := len(c.Set) + len(c.Drop); tags+len(c.Correct) == 0 || tags > mostTags {
		return &hearth.Error{Code: hearth.Invalid, Field: "set", Message: fmt.Sprintf("Name from 1 to %d tags to set or to take away.", mostTags)}
	}
	for _, list := range []*[]string{&c.Set, &c.Drop} {
		tidy := make([]string, 0, len(*list))
		for _, tag := range *list {
			tag = strings.Join(strings.Fields(strings.ToValidUTF8(tag, "\uFFFD")), " ")
			if query.Key(query.FieldTag, tag) == "" || utf8.RuneCountInString(tag) > maxTag || strings.ContainsFunc(tag, unicode.IsControl) {
				return &hearth.Error{Code: hearth.Invalid, Field: "set", Message: fmt.Sprintf("A tag is 1 to %d visible characters.", maxTag)}
			}
			tidy = append(tidy, tag)
		}
		*list = tidy
	}
	return nil
}

// checkCorrections says what is wrong with them.
func (c *Change) checkCorrections() error {
	seen := map[archive.Field]bool{}
	for _, x := range c.Correct {
		n := archive.Note{Field: x.Field, Value: x.Value}
		if seen[x.Field] || !slices.Contains(archive.Corrected[:], x.Field) {
			return &hearth.Error{Code: hearth.Invalid, Field: "correct", Message: "Correct lang, sentiment, intent or spam, each at most once."}
		}
		seen[x.Field] = true
		if err := n.Check(); err != nil {
			return err
		}
	}
	return nil
}

// notes is the change for each post.
func (c *Change) notes(posts []hearth.Key) []archive.Notes {
	var notes []archive.Note
	for _, tag := range c.Set {
		notes = append(notes, archive.Note{Field: archive.TagField, Value: tag})
	}
	for _, tag := range c.Drop {
		notes = append(notes, archive.Note{Field: archive.TagField, Was: tag})
	}
	for _, x := range c.Correct {
		notes = append(notes, archive.Note{Field: x.Field, Value: x.Value})
	}
	all := make([]archive.Notes, len(posts))
	for i, key := range posts {
		all[i] = archive.Notes{Key: key, Notes: notes}
	}
	return all
}

// count takes in what came of a page of posts.
func (r *Run) count(results []archive.Result) {
	for _, result := range results {
		r.Looked++
		if result.Stored {
			r.Changed++
		}
	}
}

// wake lets Run look for work.
func (t *Tags) wake() {
	select {
	case t.work <- struct{}{}:
	default:
	}
}

// left is how long a run will still take, judged by how it went so far; 0:
// nobody knows.
func (r *Run) left(now time.Time) time.Duration {
	spent := now.Sub(r.Begun)
	if r.State != Running || r.Looked == 0 || r.Total <= r.Looked || spent <= 0 {
		return 0
	}
	return time.Duration(float64(spent) * float64(r.Total-r.Looked) / float64(r.Looked))
}

// keysOf names the posts of a page.
func keysOf(hits []archive.Hit) []hearth.Key {
	keys := make([]hearth.Key, len(hits))
	for i := range hits {
		keys[i] = hits[i].Post.Key()
	}
	slices.SortFunc(keys, func(a, b hearth.Key) int { return strings.Compare(a.Network+"\x00"+a.ID, b.Network+"\x00"+b.ID) })
	return slices.Compact(keys)
}
