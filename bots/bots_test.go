package bots_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/bots"
	"hearth/copies"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/monitor"
)

const here = hearth.DefaultWorkspace

var (
	noon  = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	owner = access.LocalOwner(here)
)

// proves the parity half of G2: the same verdicts on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

// house is bots on real files.
type house struct {
	t        testing.TB
	store    *db.DB
	archive  *archive.Archive
	monitors *monitor.Monitors
	bots     *bots.Bots
	now      time.Time
}

func open(t testing.TB) *house {
	t.Helper()
	return openIn(t, dbtest.Home(t))
}

func openIn(t testing.TB, dir string) *house {
	t.Helper()
	h := &house{t: t, now: noon.Add(12 * time.Hour)}
	state, err := db.Open(t.Context(), db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema(), bots.StateSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	h.store, err = db.Open(t.Context(), db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema(), copies.ArchiveSchema(), bots.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	clock, log := func() time.Time { return h.now }, slog.New(slog.DiscardHandler)
	if h.archive, err = archive.Open(t.Context(), h.store, archive.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.archive.Close()
		h.store.Close()
		state.Close()
	})
	if h.monitors, err = monitor.New(t.Context(), monitor.Options{State: state, Archive: h.archive, Store: h.store, Clock: clock, Log: log}); err != nil {
		t.Fatal(err)
	}
	h.bots = bots.New(bots.Options{State: state, Store: h.store, Archive: h.archive, Monitors: h.monitors, Clock: clock, Log: log})
	return h
}

func (h *house) arrive(entries ...archive.Entry) {
	h.t.Helper()
	if _, err := h.archive.Append(h.t.Context(), here, entries, nil); err != nil {
		h.t.Fatal(err)
	}
}

// settle has everything counted, judged and told to the monitors.
func (h *house) settle() {
	h.t.Helper()
	h.fold(copies.Consumer())
	h.fold(bots.Consumer())
	h.judge()
}

func (h *house) judge() {
	h.t.Helper()
	if err := h.bots.Judge(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	if err := h.bots.Refresh(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// fold feeds what has arrived.
func (h *house) fold(c archive.Consumer) {
	h.t.Helper()
	head, err := h.archive.Head(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), 2*time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.archive.Consume(ctx, c) }()
	for at := hearth.Seq(-1); at < head; {
		if at, err = h.archive.Position(ctx, c.Name); err != nil {
			h.t.Fatal(err)
		}
		select {
		case err := <-ended:
			h.t.Fatalf("consuming ended at %d of %d: %v", at, head, err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	<-ended
	letters, err := h.archive.DeadLetters(h.t.Context(), here, c.Name, 0, 10)
	if err != nil || len(letters) > 0 {
		h.t.Fatalf("dead letters: %+v, %v", letters, err)
	}
}

// of is what is said of an account, in one line.
func (h *house) of(author string) string {
	h.t.Helper()
	list, err := h.bots.Of(h.t.Context(), owner, []bots.Account{{Network: "bluesky", Author: "did:" + author}})
	if err != nil {
		h.t.Fatal(err)
	}
	l := &list[0]
	words := []string{fmt.Sprintf("%s %.1f", l.Band, l.Score)}
	for i := range l.Reasons {
		words = append(words, l.Reasons[i].String())
	}
	if l.Said != bots.Nothing {
		words = append(words, fmt.Sprintf("%s says %d", l.Said, l.By))
	}
	return strings.Join(words, "; ")
}

func (h *house) want(author, words string) {
	h.t.Helper()
	if got := h.of(author); got != words {
		h.t.Errorf("of %s it is said %q, not %q", author, got, words)
	}
}

// found is the ids of the posts that a query finds, sorted.
func (h *house) found(query string) string {
	h.t.Helper()
	page, err := monitor.NewPosts(h.monitors).Search(h.t.Context(), owner, monitor.PageSearch{Selection: monitor.Selection{Query: query}, Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	var ids []string
	for i := range page.Posts {
		ids = append(ids, page.Posts[i].Post.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// rows is how many rows each table has.
func (h *house) rows() (n [2]int) {
	h.t.Helper()
	err := h.store.Read(h.t.Context(), func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT count(*) FROM bot_account WHERE workspace_id = ?`, here).Scan(&n[0]); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM bot_post WHERE workspace_id = ?`, here).Scan(&n[1])
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func post(id, author, text string, at time.Time) *hearth.Post {
	return &hearth.Post{Network: "bluesky", ID: id, Text: text, Published: at, Author: hearth.Author{ID: "did:" + author, Handle: author + ".example"}}
}

func create(p *hearth.Post) archive.Entry { return archive.Entry{Op: archive.Create, Post: p} }

const giveaway = "Brewlytic gives away five hundred grinders today only! I got mine at the harbour, hurry and claim yours"

// farm is the posts of some accounts that pass on a giveaway, at no regular times.
func farm(accounts, posts int) (list []archive.Entry) {
	for n := range posts {
		for a := range accounts {
			at := noon.Add(time.Duration(n*41+a*7+n*n*a%13) * time.Minute)
			p := post(fmt.Sprintf("%d-%d", a, n), fmt.Sprintf("owl%d", a), giveaway, at)
			p.Links = []string{"https://www.gift.example/now"}
			list = append(list, create(p))
		}
	}
	return list
}

const owl = "likely 4.0; 6 of 6 texts are near-copies of other accounts’ texts; 6 of 6 texts are near-copies of each other; 6 of 6 posts link to gift.example"

// proves M8: accounts of a farm are likely bots, with reasons, in queries too; nothing
// is hidden; what a person says holds and can be taken back.
func TestAFarmIsFoundAndNothingIsHidden(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(farm(3, 6)...)
	h.arrive(create(post("human", "ann", "Brewlytic makes the grinder that I have had for years, and I like it", noon)))
	h.settle()
	h.want("owl1", owl)
	h.want("owl2", owl)
	h.want("ann", "unknown 0.0; 1 posts are too few to say anything")
	h.want("nobody", "unknown 0.0")
	all := h.found("brewlytic")
	if n := len(strings.Fields(all)); n != 19 {
		t.Errorf("%d posts are found, not all 19", n)
	}
	if got := h.found("brewlytic -bot:(likely OR declared)"); got != "human" {
		t.Errorf("without likely bots there is %q", got)
	}
	if got := h.found("brewlytic bot:unlikely"); got != "human" {
		t.Errorf("unlikely bots wrote %q", got)
	}
	if got := h.found("brewlytic bot:likely author:owl1.example"); len(strings.Fields(got)) != 6 {
		t.Errorf("a likely bot wrote %q", got)
	}

	someone := bots.Account{Network: "bluesky", Author: "did:owl1"}
	if err := h.bots.Say(t.Context(), owner, someone, bots.Human); err != nil {
		t.Fatal(err)
	}
	h.want("owl1", strings.Replace(owl, "likely", "unlikely", 1)+"; human says 0")
	if got := h.found("brewlytic bot:unlikely"); len(strings.Fields(got)) != 7 {
		t.Errorf("after it was said that somebody writes there, unlikely bots wrote %q", got)
	}
	if err := h.bots.Say(t.Context(), owner, someone, bots.Nothing); err != nil {
		t.Fatal(err)
	}
	h.want("owl1", owl)
	ann := bots.Account{Network: "bluesky", Author: "did:ann"}
	if err := h.bots.Say(t.Context(), owner, ann, bots.Automated); err != nil {
		t.Fatal(err)
	}
	if got := h.found("bot:likely author:ann.example"); got != "human" {
		t.Errorf("of whom it was said that a program writes there: %q", got)
	}
	if err := h.bots.Say(t.Context(), owner, ann, "robot"); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("anything can be said: %v", err)
	}
}

// proves that figures follow edits, hiding and erasure, and leave nothing of who is gone.
func TestFiguresFollowWhatHappensToPosts(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(farm(2, 6)...)
	h.settle()
	h.want("owl1", owl)
	edit := post("1-0", "owl1", "I do not know how this came to be on my page; somebody had my password for a day", noon)
	hide := post("1-1", "owl1", "", time.Time{})
	h.arrive(archive.Entry{Op: archive.Update, Post: edit}, archive.Entry{Op: archive.Hide, Post: hide})
	h.settle()
	h.want("owl1", "likely 4.0; 4 of 5 texts are near-copies of other accounts’ texts; 4 of 5 texts are near-copies of each other; 4 of 5 posts link to gift.example")
	h.arrive(archive.Entry{Op: archive.Show, Post: hide})
	if err := h.bots.Say(t.Context(), owner, bots.Account{Network: "bluesky", Author: "did:owl1"}, bots.Automated); err != nil {
		t.Fatal(err)
	}
	h.settle()
	gone := &hearth.Post{Network: "bluesky", Author: hearth.Author{ID: "did:owl1"}}
	h.arrive(archive.Entry{Op: archive.DeleteAuthor, Post: gone})
	for n := h.rows(); n != [2]int{1, 6}; n = h.rows() { // their posts are erased in transactions of their own
		h.settle()
		if t.Context().Err() != nil {
			t.Fatalf("of who is gone, %v rows are left", n)
		}
	}
	h.want("owl1", "unknown 0.0")
	h.now = h.now.Add(7 * time.Hour) // verdicts are made anew
	h.judge()
	h.want("owl0", "unknown 2.0; 6 of 6 texts are near-copies of each other; 6 of 6 posts link to gift.example")
	if got := h.found("bot:(likely OR possible)"); got != "" {
		t.Errorf("bots wrote %q", got)
	}
}

// A declared bot is known by its network's word, at once and by its first post.
func TestADeclaredBotIsKnownByItsFirstPost(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := post("rain", "weather", "Rain over the harbour until nine, then some sun and a light wind from the west", noon)
	p.Author.Bot = hearth.True
	h.arrive(create(p), create(post("sun", "ann", "Sun at last", noon)))
	if got := h.found("bot:declared"); got != "rain" {
		t.Errorf("before anything is judged, declared bots wrote %q", got)
	}
	h.settle()
	h.want("weather", "declared 0.0; the network says that it is automated; 1 posts are too few to say anything")
	if got := h.found("bot:declared"); got != "rain" {
		t.Errorf("declared bots wrote %q", got)
	}
	if got := h.found("-bot:declared is:original"); got != "sun" {
		t.Errorf("others wrote %q", got)
	}
	if err := h.bots.Say(t.Context(), owner, bots.Account{Network: "bluesky", Author: "did:weather"}, bots.Human); err != nil {
		t.Fatal(err)
	}
	if got := h.found("bot:declared"); got != "" {
		t.Errorf("after a person said otherwise, declared bots wrote %q", got)
	}
}

// However many posts there are, and however often the log is read again, a hundred are
// kept and the verdict is the same.
func TestRowsAreBoundedAndAReplayIsTheSame(t *testing.T) {
	t.Parallel()
	h := open(t)
	var entries []archive.Entry
	for n := range 130 {
		at := noon.Add(time.Duration(n)*5*time.Minute + time.Duration(n%3)*100*time.Millisecond)
		entries = append(entries, create(post(fmt.Sprint(n), "clock", fmt.Sprintf("It is %d, all is well in the tower of the old town hall by the river", n), at)))
	}
	for part := range slices.Chunk(entries, 50) {
		h.arrive(part...)
		h.settle()
	}
	once, rows := h.of("clock"), h.rows()
	if rows != [2]int{1, 100} {
		t.Errorf("there are %v rows", rows)
	}
	if !strings.HasPrefix(once, "likely ") || !strings.Contains(once, "99 of 99 pauses between posts are a multiple of 5 min, to the second") {
		t.Errorf("of the clock it is said %q", once)
	}
	err := h.store.Write(t.Context(), func(tx *db.Tx) error {
		for _, s := range []string{`DELETE FROM bot_account WHERE workspace_id = ?`, `DELETE FROM bot_post WHERE workspace_id = ?`} {
			if _, err := tx.Exec(s, here); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`DELETE FROM consumer_position WHERE consumer = ?`, bots.Consumer().Name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.settle()
	h.want("clock", once)
	h.now = h.now.AddDate(0, 0, 40)
	h.judge()
	if n := h.rows(); n != [2]int{} {
		t.Errorf("40 days later there are %v rows", n)
	}
}

// A monitor that leaves likely bots out listens by what is known of them.
func TestMonitorsListenByTheNewestBots(t *testing.T) {
	t.Parallel()
	h := open(t)
	m, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "people", Query: "brewlytic -bot:likely"})
	if err != nil {
		t.Fatal(err)
	}
	wanted := func() int {
		return len(h.monitors.Queries(here).Catches(post("x", "owl1", giveaway, noon)))
	}
	if wanted() != 1 {
		t.Error("before anything is known the post is not wanted")
	}
	h.arrive(farm(2, 6)...)
	h.settle()
	if wanted() != 0 {
		t.Errorf("monitor %d still wants posts of a likely bot", m.ID)
	}
}

// BenchmarkFold is what a post costs.
func BenchmarkFold(b *testing.B) {
	h := open(b)
	const n = 5000
	var entries []archive.Entry
	for i := range n {
		p := post(fmt.Sprint(i), fmt.Sprintf("a%d", i%700), fmt.Sprintf("Cup %d of %d today, and the %d. grinder at that, says somebody by the name of %d", i*31, i*i, i*7919%10007, i*104729%99991), noon.Add(time.Duration(i)*time.Second))
		p.Links = []string{"https://gift.example/now"}
		entries = append(entries, create(p))
	}
	for part := range slices.Chunk(entries, 1000) {
		h.arrive(part...)
	}
	head, err := h.archive.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var rows []archive.Stored
	err = h.archive.ReadLog(b.Context(), here, 0, int(head), func(s *archive.Stored) error {
		rows = append(rows, *s)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	h.fold(copies.Consumer())
	c := bots.Consumer()
	b.ReportAllocs()
	posts := 0
	for b.Loop() {
		err := h.store.Write(b.Context(), func(tx *db.Tx) error {
			for _, s := range []string{`DELETE FROM bot_account WHERE workspace_id = ?`, `DELETE FROM bot_post WHERE workspace_id = ?`} {
				if _, err := tx.Exec(s, here); err != nil {
					return err
				}
			}
			for part := range slices.Chunk(rows, 500) {
				if err := c.Apply(b.Context(), tx, part); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		posts += len(rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(posts), "ns/post")
	begun := hearth.SystemClock()
	if err := h.bots.Judge(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(hearth.SystemClock().Sub(begun).Microseconds())/700, "µs/verdict")
}
