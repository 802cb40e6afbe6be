package topic_test

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
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/monitor"
	"hearth/topic"
)

const here = hearth.DefaultWorkspace

var (
	owner = access.LocalOwner(here)
	noon  = time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)
)

// proves the parity half of G2: the same topics on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

type house struct {
	t        *testing.T
	state    *db.DB
	archive  *archive.Archive
	monitors *monitor.Monitors
	topics   *topic.Topics
	monitor  hearth.MonitorID
	last     int
}

func open(t *testing.T) *house {
	t.Helper()
	home := dbtest.Home(t)
	h := &house{t: t}
	var err error
	if h.state, err = db.Open(t.Context(), db.At(home, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema(), topic.Schema()}}); err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), db.At(home, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return noon }
	if h.archive, err = archive.Open(t.Context(), store, archive.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.archive.Close()
		store.Close()
		h.state.Close()
	})
	log := slog.New(slog.DiscardHandler)
	if h.monitors, err = monitor.New(t.Context(), monitor.Options{State: h.state, Archive: h.archive, Store: store, Clock: clock, Log: log}); err != nil {
		t.Fatal(err)
	}
	m, err := h.monitors.Create(t.Context(), owner, monitor.Draft{Name: "all", Query: "brand"})
	if err != nil {
		t.Fatal(err)
	}
	h.monitor = m.ID
	h.topics = h.again()
	return h
}

// again is the topics as another process has them.
func (h *house) again() *topic.Topics {
	return topic.New(topic.Options{State: h.state, Archive: h.archive, Monitors: h.monitors, Clock: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)})
}

var subjects = [][]string{
	strings.Fields("frother steam nozzle milk leaking foam pump"),
	strings.Fields("parcel courier tracking depot delayed shipment label"),
	strings.Fields("login password crash update screen freeze android"),
}

// say stores posts about a subject, one an hour back from ago.
func (h *house) say(subject, n int, ago time.Duration, feeling hearth.Sentiment) (keys []hearth.Key) {
	h.t.Helper()
	var entries []archive.Entry
	for range n {
		i := h.last
		h.last++
		words := subjects[subject]
		text := fmt.Sprintf("brand %s %s again %s, my %s %s", words[i%7], words[(i+2)%7], words[(i*3+1)%7], words[(i+4)%7], strings.Repeat("hm ", i%5))
		post := &hearth.Post{
			Network: "demo", ID: fmt.Sprint("p", i), Text: text, Lang: "en", Published: noon.Add(-ago - time.Duration(i%24)*time.Minute), Sentiment: feeling,
			Author: hearth.Author{ID: fmt.Sprint("a", i%40), Handle: fmt.Sprint("a", i%40)},
		}
		keys = append(keys, post.Key())
		entries = append(entries, archive.Entry{Post: post, Monitors: []hearth.MonitorID{h.monitor}})
	}
	h.append(entries)
	return keys
}

func (h *house) append(entries []archive.Entry) {
	h.t.Helper()
	if _, err := h.archive.Append(h.t.Context(), here, entries, nil); err != nil {
		h.t.Fatal(err)
	}
}

// settle counts and sorts everything.
func (h *house) settle() {
	h.t.Helper()
	if err := h.topics.Catch(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.monitors.Run(ctx) }()
	head, err := h.archive.Head(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	deadline := time.After(2 * time.Minute)
	for counted := hearth.Seq(0); counted < head; {
		counts, err := h.monitors.Count(ctx, owner, monitor.CountSearch{})
		if err != nil {
			h.t.Fatal(err)
		}
		counted = counts.Upto
		select {
		case <-deadline:
			h.t.Fatal("the posts are not counted")
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-ended; err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) search() topic.Search {
	return topic.Search{Monitor: h.monitor, From: noon.Add(-24 * time.Hour), To: noon.Add(time.Minute)}
}

func (h *house) list() topic.Ranking {
	h.t.Helper()
	r, err := h.topics.List(h.t.Context(), owner, h.search())
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// about is the topic whose phrases hold a word.
func (h *house) about(word string) *topic.Topic {
	h.t.Helper()
	for _, one := range h.list().Topics {
		if slices.ContainsFunc(one.Phrases, func(p topic.Phrase) bool { return strings.Contains(strings.ToLower(p.Text), word) }) {
			return &one
		}
	}
	return nil
}

// sum says everything that is kept of which post is where.
func (h *house) sum() string {
	h.t.Helper()
	var b strings.Builder
	err := h.state.Read(h.t.Context(), func(tx *db.Tx) error {
		for _, statement := range []string{`SELECT seq, topic_id, at FROM topic_post WHERE workspace_id = 1 ORDER BY seq`, `SELECT id, posts, live FROM topic WHERE workspace_id = 1 ORDER BY id`} {
			rows, err := tx.Query(statement)
			if err != nil {
				return err
			}
			err = db.EachRow(rows, func() error {
				var x, y, z int64
				err := rows.Scan(&x, &y, &z)
				fmt.Fprintln(&b, x, y, z)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return b.String()
}

func fill(h *house) {
	for i := range 12 {
		h.say(1, 6, 30*time.Hour, hearth.Neutral)
		h.say(0, 5, time.Duration(i)*time.Hour, hearth.Negative)
		h.say(2, 2, time.Duration(i)*time.Hour, hearth.Positive)
	}
}

// proves M9
func TestTopicsAreWhatPeopleSpeakOf(t *testing.T) {
	t.Parallel()
	h := open(t)
	fill(h)
	h.settle()
	r := h.list()
	for _, one := range r.Topics {
		t.Logf("%d %q people %d/%d posts %d/%d negative %d of %d new %v rising %v", one.ID, one.Name, one.People, one.PeopleBefore, one.Posts, one.PostsBefore, one.Negative, one.Known, one.New, one.Rising)
	}
	if len(r.Topics) < 2 || r.Behind != 0 || r.Of != 84 || r.Posts < 70 || !r.Read || r.BeforePosts != 72 {
		t.Fatalf("%d topics of %d of %d posts, %d before, %d behind", len(r.Topics), r.Posts, r.Of, r.BeforePosts, r.Behind)
	}
	milk, app := r.Topics[0], h.about("password")
	if !milk.New || milk.Negative != milk.Posts || milk.Share.Low < 0.5 || len(milk.Samples) != 3 || milk.Name == "" || milk.People < 10 || !milk.Rising {
		t.Errorf("the topic most speak of: %q, new %v, rising %v, %d of %d negative, %d people", milk.Name, milk.New, milk.Rising, milk.Negative, milk.Posts, milk.People)
	}
	if app == nil || app.Negative != 0 {
		t.Errorf("the other topic: %+v", app)
	}
	d, err := h.topics.Get(t.Context(), owner, milk.ID, h.search())
	if err != nil {
		t.Fatal(err)
	}
	posts := int64(0)
	for _, p := range d.Points {
		posts += p.Posts
	}
	if posts != milk.Posts {
		t.Errorf("the points have %d posts, the topic %d", posts, milk.Posts)
	}
	seen, cursor := map[hearth.Seq]bool{}, ""
	for pages := 0; pages == 0 || cursor != ""; pages++ {
		s := h.search()
		s.Limit = 7
		page, err := h.topics.Posts(t.Context(), owner, milk.ID, s, cursor)
		if err != nil || pages > 30 {
			t.Fatal(pages, err)
		}
		for _, p := range page.Posts {
			seen[p.Seq] = true
		}
		cursor = page.Next
	}
	if int64(len(seen)) != milk.Posts {
		t.Errorf("the pages have %d posts, the topic %d", len(seen), milk.Posts)
	}
	said, err := h.topics.Said(t.Context(), owner, h.search())
	if err != nil {
		t.Fatal(err)
	}
	has := func(list []topic.Said, words ...string) bool {
		return slices.ContainsFunc(list, func(s topic.Said) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(s.Text), w) })
		})
	}
	if !has(said.More, subjects[0]...) || !has(said.Less, subjects[1]...) || has(said.More, subjects[1]...) || has(said.More, "brand") {
		t.Errorf("said more %+v, less %+v", said.More, said.Less)
	}
}

func TestFollowingAgainComesToTheSame(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := open(t)
	for i := range 6 {
		for _, one := range []*house{h, other} {
			one.say(0, 9, time.Duration(i)*time.Hour, "")
			one.say(1, 7, time.Duration(i)*time.Hour, "")
		}
		if err := h.again().Catch(t.Context()); err != nil { // a process that begins anew
			t.Fatal(err)
		}
	}
	if err := other.topics.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a, b := h.sum(), other.sum(); a != b || len(a) < 500 {
		t.Errorf("with breaks:\n%s\nat once:\n%s", a, b)
	}
}

func TestTwoProcessesAtOnceSortEachPostOnce(t *testing.T) {
	t.Parallel()
	h, other := open(t), open(t)
	for _, one := range []*house{h, other} {
		for range 3 {
			fill(one)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 2)
	for range 2 {
		go func(one *topic.Topics) { ended <- one.Run(ctx) }(h.again())
	}
	deadline := time.After(2 * time.Minute)
	for r := h.list(); r.Behind > 0; r = h.list() {
		select {
		case <-deadline:
			t.Fatal("the posts are not sorted")
		case <-time.After(5 * time.Millisecond):
		}
	}
	cancel()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if err := other.topics.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a, b := h.sum(), other.sum(); a != b || len(a) < 500 {
		t.Errorf("two at once:\n%s\none:\n%s", a, b)
	}
}

func TestWhatIsErasedIsInNoTopicAndNoLabel(t *testing.T) {
	t.Parallel()
	h := open(t)
	fill(h)
	secret := []hearth.Key{}
	var entries []archive.Entry
	for i := range 8 {
		post := &hearth.Post{Network: "demo", ID: fmt.Sprint("s", i), Text: fmt.Sprintf("brand harbour%s lighthouse quay mermaid ship", strings.Repeat("x", i)), Lang: "en",
			Published: noon.Add(-time.Hour), Author: hearth.Author{ID: fmt.Sprint("s", i)}}
		secret = append(secret, post.Key())
		entries = append(entries, archive.Entry{Post: post, Monitors: []hearth.MonitorID{h.monitor}})
	}
	h.append(entries)
	h.settle()
	if h.about("mermaid") == nil && h.about("lighthouse") == nil && h.about("quay") == nil {
		t.Fatal("the posts that are to be erased make no topic")
	}
	if _, err := h.archive.Erase(t.Context(), here, secret, "asked for"); err != nil {
		t.Fatal(err)
	}
	h.settle()
	for _, word := range []string{"mermaid", "lighthouse", "quay", "ship"} {
		if one := h.about(word); one != nil {
			t.Errorf("%q is still a topic: %+v", word, one)
		}
	}
	err := h.state.Read(t.Context(), func(tx *db.Tx) error {
		var n int
		err := tx.QueryRow(`SELECT count(*) FROM topic WHERE workspace_id = 1 AND (label LIKE '%mermaid%' OR phrases LIKE '%mermaid%')`).Scan(&n)
		if n != 0 {
			t.Errorf("%d rows hold an erased word", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPeopleNameMergeSplitAndMuteTopics(t *testing.T) {
	t.Parallel()
	h := open(t)
	fill(h)
	h.settle()
	ctx := t.Context()
	milk, app := h.list().Topics[0], h.about("password")
	if app == nil || app.ID == milk.ID {
		t.Fatal("there are no two topics")
	}
	name := "  Milk \n frother "
	if err := h.topics.Change(ctx, owner, milk.ID, milk.Version, topic.Edit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	if err := h.topics.Change(ctx, owner, milk.ID, milk.Version, topic.Edit{Name: &name}); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("a version nobody saw: %v", err)
	}
	h.say(0, 12, time.Hour, "")
	h.settle()
	named := h.list().Topics[0]
	if named.Name != "Milk frother" || !named.Named || named.ID != milk.ID || named.Posts <= milk.Posts {
		t.Errorf("with a name: %+v", named)
	}
	if d, err := h.topics.Get(ctx, owner, milk.ID, h.search()); err != nil || d.Drift > 0.5 {
		t.Errorf("drift %v, %v", d.Drift, err)
	}
	if err := h.topics.Merge(ctx, owner, milk.ID, []topic.ID{app.ID}); err != nil {
		t.Fatal(err)
	}
	whole := h.list().Topics[0]
	if whole.Posts != named.Posts+app.Posts || h.list().Topics[0].Name != "Milk frother" {
		t.Errorf("merged %d posts, want %d and %d", whole.Posts, named.Posts, app.Posts)
	}
	h.say(2, 4, time.Hour, "")
	h.settle()
	if grown := h.list().Topics[0]; grown.Posts <= whole.Posts {
		t.Errorf("what was merged gets no more posts: %d, %d before", grown.Posts, whole.Posts)
	}
	if err := h.topics.Merge(ctx, owner, app.ID, []topic.ID{milk.ID}); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("a circle: %v", err)
	}
	if pieces, err := h.topics.Split(ctx, owner, milk.ID); err != nil || !slices.Equal(pieces, []topic.ID{app.ID}) {
		t.Errorf("split gave %v, %v", pieces, err)
	}
	if apart := h.list().Topics[0]; apart.Posts != named.Posts {
		t.Errorf("after splitting %d posts, want %d", apart.Posts, named.Posts)
	}
	now, yes := h.list().Topics[0], true
	if err := h.topics.Change(ctx, owner, milk.ID, now.Version, topic.Edit{Muted: &yes}); err != nil {
		t.Fatal(err)
	}
	if r := h.list(); r.Muted != 1 || slices.ContainsFunc(r.Topics, func(one topic.Topic) bool { return one.ID == milk.ID }) {
		t.Errorf("muted: %+v", r)
	}
	err := h.state.Read(ctx, func(tx *db.Tx) error {
		var changes, merges, splits int
		err := tx.QueryRow(`SELECT count(*) FILTER (WHERE verb = 'topic.change'), count(*) FILTER (WHERE verb = 'topic.merge'), count(*) FILTER (WHERE verb = 'topic.split') FROM audit WHERE workspace_id = 1`).Scan(&changes, &merges, &splits)
		if changes != 2 || merges != 1 || splits != 1 {
			t.Errorf("the audit log has %d changes, %d mergings, %d splittings; want 2, 1, 1", changes, merges, splits)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	viewer := access.Limited(here, 9, access.ReadPosts, access.ReadMonitors)
	if err := h.topics.Change(ctx, viewer, milk.ID, 1, topic.Edit{Muted: &yes}); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("somebody who may not: %v", err)
	}
	if _, err := h.topics.Get(ctx, access.LocalOwner(here+1), milk.ID, h.search()); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a stranger: %v", err)
	}
}

func TestATopicOfTwoThingsIsDividedAndMadeWholeAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	var entries []archive.Entry
	for i := range 24 {
		text := fmt.Sprintf("kettle %s", []string{"handle melts plastic", "lid rusts brown"}[i%2])
		entries = append(entries, archive.Entry{Monitors: []hearth.MonitorID{h.monitor}, Post: &hearth.Post{Network: "demo", ID: fmt.Sprint("k", i), Lang: "en",
			Text: text + strings.Repeat(" hm", i), Published: noon.Add(-time.Hour), Author: hearth.Author{ID: fmt.Sprint("k", i)}}})
	}
	h.append(entries)
	for i := range 12 {
		h.say(1, 5, time.Duration(i)*time.Hour, "")
	}
	h.settle()
	kettle := h.about("kettle")
	if kettle == nil {
		t.Fatal("the kettles are no topic of their own")
	}
	pieces, err := h.topics.Split(t.Context(), owner, kettle.ID)
	if err != nil || len(pieces) == 0 {
		t.Fatal(pieces, err)
	}
	h.settle()
	rest, err := h.topics.Get(t.Context(), owner, kettle.ID, h.search())
	if err != nil || rest.Topic.Posts >= kettle.Posts {
		t.Errorf("%d posts are left of %d, %v", rest.Topic.Posts, kettle.Posts, err)
	}
	if err := h.topics.Merge(t.Context(), owner, kettle.ID, pieces); err != nil {
		t.Fatal(err)
	}
	if whole, err := h.topics.Get(t.Context(), owner, kettle.ID, h.search()); err != nil || whole.Topic.Posts != kettle.Posts {
		t.Errorf("made whole again %d posts, want %d, %v", whole.Topic.Posts, kettle.Posts, err)
	}
}
