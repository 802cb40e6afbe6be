package quality

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/tag"
)

//go:embed schema/*.sql
var schemas embed.FS

// Schema is the tables of this package in hearth.db.
func Schema() db.Schema { return db.SchemaIn(schemas, "quality", "schema") }

// Options of New; all but Seed are required.
type Options struct {
	State    *db.DB // hearth.db, with Schema and the audit log
	Archive  *archive.Archive
	Monitors *monitor.Monitors
	Tags     *tag.Tags
	Clock    hearth.Clock
	Seed     func() int64 // of the next draw; nil: by chance
}

// Checks are samples that people judge. They may be used by many goroutines at once.
type Checks struct {
	o     Options
	posts *monitor.Posts
}

// New keeps checks.
func New(o Options) *Checks {
	if o.Seed == nil {
		o.Seed = rand.Int64
	}
	return &Checks{o: o, posts: monitor.NewPosts(o.Monitors)}
}

const (
	// Size is how many posts a check draws.
	Size = 20
	// Days is how far back it draws, and how long its answers count.
	Days = 90
	// Other is the answer that the analysis is wrong, where nobody says what is right.
	Other = "?"
)

// Check is a sample of a monitor's posts.
type Check struct {
	ID      int64
	Monitor hearth.MonitorID
	Field   archive.Field
	Of      int64 // posts that it was drawn from
	By      hearth.UserID
	Begun   time.Time
	Posts   []Drawn
}

// Drawn is a post of a check.
type Drawn struct {
	Place   int // from 1
	Key     hearth.Key
	Machine string // what the analysis said, in the words of an archive.Note; "": nothing
	Answer  string // likewise what a person says; "": nothing yet; or Other
	By      hearth.UserID
	Post    *hearth.Post // nil: it is not there any more

	run int64
}

// Right says whether the analysis was right about a post that was judged.
func (d *Drawn) Right() bool { return d.Answer == d.Machine }

// Start draws posts of a monitor to be judged by one of their fields; none where it
// caught none in the last Days.
func (c *Checks) Start(ctx context.Context, by access.Actor, id hearth.MonitorID, field archive.Field) (check Check, err error) {
	for _, p := range []access.Permission{access.TagPosts, access.ReadPosts} {
		if err := by.Check(p); err != nil {
			return check, err
		}
	}
	if !slices.Contains(archive.Corrected[:], field) {
		return check, &hearth.Error{Code: hearth.Invalid, Field: "field", Message: "Check lang, sentiment, intent or spam."}
	}
	if _, err := c.o.Monitors.Get(ctx, access.LocalOwner(by.Workspace), id); err != nil {
		return check, err
	}
	now, seed := c.o.Clock(), c.o.Seed()
	seqs, of, err := c.o.Monitors.Draw(ctx, by.Workspace, id, now.AddDate(0, 0, -Days), Size, rand.New(rand.NewPCG(uint64(seed), 20)))
	if err != nil {
		return check, err
	}
	posts, err := c.o.Archive.BySeq(ctx, by.Workspace, seqs)
	if err != nil {
		return check, err
	}
	check = Check{Monitor: id, Field: field, Of: of, By: by.User, Begun: now}
	for i := range posts {
		check.Posts = append(check.Posts, drawn(i+1, &posts[i].Post, field))
	}
	err = c.o.State.Write(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM quality_check WHERE workspace_id = ?`, by.Workspace).Scan(&check.ID); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO quality_check (workspace_id, id, monitor_id, field, seed, posts_of, user_id, begun) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			by.Workspace, check.ID, id, string(field), seed, of, by.User, db.Micros(now))
		if err != nil {
			return err
		}
		for i := range check.Posts {
			d := &check.Posts[i]
			_, err := tx.Exec(`INSERT INTO quality_check_post (workspace_id, check_id, place, network, post_id, machine, answer, run, user_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, 0)`,
				by.Workspace, check.ID, d.Place, d.Key.Network, d.Key.ID, d.Machine, d.Answer, d.By)
			if err != nil {
				return err
			}
		}
		return access.Record(tx, now, by, "check.start", access.Of("check", check.ID), nil, noted{Monitor: int64(id), Field: string(field)})
	})
	return check, err
}

// noted is what the audit log keeps.
type noted struct {
	Monitor int64  `json:"monitor,omitempty"`
	Field   string `json:"field,omitempty"`
	Place   int    `json:"place,omitempty"`
	Answer  string `json:"answer,omitempty"`
}

// drawn is a post as a check begins with it. What somebody corrected is answered.
func drawn(place int, p *hearth.Post, field archive.Field) Drawn {
	d := Drawn{Place: place, Key: p.Key(), Machine: spoken(field, archive.Said(p, field)), Post: p}
	for _, x := range p.Corrections {
		if x.Field == string(field) {
			d.Answer, d.Machine, d.By = spoken(field, archive.Said(p, field)), spoken(field, x.Machine), x.By
		}
	}
	return d
}

// spoken is what the analysis says; that it found no intent is an answer too.
func spoken(field archive.Field, value string) string {
	if field == archive.IntentField {
		return cmp.Or(value, archive.NoIntent)
	}
	return value
}

// Answer says what a post of a check is: what the analysis said, something else in
// the words of an archive.Note, or Other; "" takes the answer back. Something else
// corrects the post.
func (c *Checks) Answer(ctx context.Context, by access.Actor, id int64, place int, answer string) (check Check, err error) {
	for _, p := range []access.Permission{access.TagPosts, access.ReadPosts} {
		if err := by.Check(p); err != nil {
			return check, err
		}
	}
	if check, err = c.read(ctx, by.Workspace, id); err != nil {
		return check, err
	}
	now := c.o.Clock()
	if err := access.Note(ctx, c.o.State, now, by, "check.answer", access.Of("check", id), nil, noted{Place: place, Answer: answer}); err != nil {
		return check, err
	}
	i := slices.IndexFunc(check.Posts, func(d Drawn) bool { return d.Place == place })
	if i < 0 {
		return check, hearth.Errorf(hearth.NotFound, "There is no such post in the check.")
	}
	d := &check.Posts[i]
	n := archive.Note{Field: check.Field, Value: answer}
	if err := n.Check(); answer != Other && answer != "" && err != nil {
		return check, err
	}
	if d.run > 0 { // the word before
		if _, err := c.o.Tags.Steer(ctx, by, d.run, tag.Undo); err != nil && hearth.ErrorCode(err) != hearth.Conflict {
			return check, err
		}
		d.run = 0
	}
	post, err := c.posts.Get(ctx, by, d.Key)
	if err != nil {
		return check, err
	}
	if answer != "" && answer != Other && archive.Said(&post.Post, check.Field) != answer {
		change := tag.Change{Correct: []tag.Correction{{Field: check.Field, Value: answer}}}
		done, err := c.o.Tags.Set(ctx, by, []hearth.Key{d.Key}, change)
		if err != nil {
			return check, err
		}
		d.run = done.Run
	}
	err = c.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE quality_check_post SET answer = ?, run = ?, user_id = ?, at = ? WHERE workspace_id = ? AND check_id = ? AND place = ?`,
			answer, d.run, by.User, db.Micros(now), by.Workspace, id, place)
		return err
	})
	if err != nil {
		return check, err
	}
	return c.Get(ctx, by, id)
}

// Get gives a check and its posts.
func (c *Checks) Get(ctx context.Context, by access.Actor, id int64) (check Check, err error) {
	if err := by.Check(access.ReadPosts); err != nil {
		return check, err
	}
	if check, err = c.read(ctx, by.Workspace, id); err != nil {
		return check, err
	}
	for i := range check.Posts {
		d := &check.Posts[i]
		switch post, err := c.posts.Get(ctx, by, d.Key); {
		case err == nil:
			d.Post = &post.Post
		case hearth.ErrorCode(err) != hearth.NotFound:
			return check, err
		}
	}
	return check, nil
}

func (c *Checks) read(ctx context.Context, ws hearth.WorkspaceID, id int64) (check Check, err error) {
	err = c.o.State.Read(ctx, func(tx *db.Tx) error {
		var begun int64
		err := tx.QueryRow(`SELECT id, monitor_id, field, posts_of, user_id, begun FROM quality_check WHERE workspace_id = ? AND id = ?`, ws, id).
			Scan(&check.ID, &check.Monitor, &check.Field, &check.Of, &check.By, &begun)
		if errors.Is(err, sql.ErrNoRows) {
			return hearth.Errorf(hearth.NotFound, "There is no check %d.", id)
		}
		if err != nil {
			return err
		}
		check.Begun = db.FromMicros(begun)
		rows, err := tx.Query(`SELECT place, network, post_id, machine, answer, run, user_id FROM quality_check_post WHERE workspace_id = ? AND check_id = ? ORDER BY place`, ws, id)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var d Drawn
			err := rows.Scan(&d.Place, &d.Key.Network, &d.Key.ID, &d.Machine, &d.Answer, &d.run, &d.By)
			check.Posts = append(check.Posts, d)
			return err
		})
	})
	if err != nil && hearth.ErrorCode(err) != hearth.NotFound {
		err = fmt.Errorf("reading check %d: %w", id, err)
	}
	return check, err
}
