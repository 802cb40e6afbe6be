package alert

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

// proves M10: a spike is raised while it goes on, once, and says why.
func TestASpikeIsToldOnceAndSaysWhy(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("Kaffora", "kaffora")
	h.past(14, 4, "kaffora")
	h.look()
	if n := len(h.list()); n != 0 {
		t.Fatalf("the past raises %d alerts", n)
	}
	h.spend(10 * time.Minute)
	h.arrive(many(30, post{text: "the kaffora machine smells of burnt plastic", author: "loud", followers: 52_000})...)
	h.look()
	one := h.only()
	e := &one.Evidence
	if one.Monitor != id || one.State != Open || !slices.Equal(e.Kinds, []Kind{Volume}) {
		t.Errorf("the alert is %+v", one)
	}
	if e.Count != 30 || e.Ratio < 5 || e.Expected < 2 || e.Expected > 6 || e.Posts != 30 {
		t.Errorf("30 posts where 4 are usual: %+v", e)
	}
	for _, want := range []string{"Kaffora: 30 posts in an hour", "times the usual", "plastic", "smells", "@loud with 52,000 followers"} {
		if !strings.Contains(e.Sentence, want) {
			t.Errorf("the sentence %q lacks %q", e.Sentence, want)
		}
	}
	if strings.Contains(e.Sentence, "kaffora,") || len(e.Samples) == 0 {
		t.Errorf("%+v", e)
	}
	h.restart()
	h.spend(30 * time.Minute)
	h.only()
	if told := h.told(AlertRaised); len(told) != 1 || told[0].Class != Watch || len(told[0].Monitors) != 1 {
		t.Errorf("it was told %d times: %+v", len(told), told)
	}
	page, err := h.alerts.Notices(t.Context(), owner, NoticeSearch{})
	if err != nil || len(page.Notices) != 1 || page.Unread != 1 || page.Notices[0].Alert != one.ID {
		t.Errorf("the notices are %+v, %v", page, err)
	}
	if err := h.alerts.ReadNotices(t.Context(), owner, page.Notices[0].ID, false); err != nil {
		t.Fatal(err)
	}
	if page, _ = h.alerts.Notices(t.Context(), owner, NoticeSearch{Unread: true}); len(page.Notices) != 0 || page.Unread != 0 {
		t.Errorf("what was read is still unread: %+v", page)
	}
	h.spend(7 * time.Hour)
	if one := h.only(); one.State != Over {
		t.Errorf("after seven quiet hours it is %s", one.State)
	}
	if len(h.told(AlertOver)) != 1 {
		t.Error("nobody was told that it is over")
	}
}

// proves I11: what did not arrive live raises and tells nothing.
// Who writes the mentions may be later than who watches.
func TestAnAlertWaitsForTheMentionsThatItTellsOf(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("Kaffora", "kaffora")
	h.past(14, 4, "kaffora")
	h.look()
	h.spend(10 * time.Minute)
	h.countNoMore()
	h.keep(many(30, post{text: "the kaffora machine smells of burnt plastic", author: "loud", followers: 52_000})...)
	head, err := h.archive.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	looked := make(chan error, 1)
	go func() {
		_, err := h.watcher.round(t.Context())
		looked <- err
	}()
	within(t, func() bool {
		at, err := h.alerts.place(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return at == head
	}, "the watcher has seen the posts")
	h.count()
	if err := <-looked; err != nil {
		t.Fatal(err)
	}
	if e := h.only().Evidence; len(e.Samples) == 0 || !strings.Contains(e.Sentence, "plastic") {
		t.Errorf("the alert tells %q with %d posts", e.Sentence, len(e.Samples))
	}
}

func TestHistoryAndLatePostsRaiseNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("Kaffora", "kaffora")
	h.past(14, 4, "kaffora")
	h.look()
	told := len(h.told(MentionCreated))
	h.arrive(many(60, post{text: "kaffora smells", history: true})...)
	h.arrive(many(60, post{text: "kaffora smells", at: h.clock().Add(-3 * time.Hour)})...)
	h.look()
	h.spend(70 * time.Minute)
	if n := len(h.list()); n != 0 {
		t.Errorf("%d alerts, of history and of posts three hours old", n)
	}
	if n := len(h.told(MentionCreated)) - told; n != 60 {
		t.Errorf("%d mentions were told, want the 60 that a source brought", n)
	}
	h.arrive(many(60, post{text: "kaffora smells"})...)
	h.look()
	h.only() // the same posts, now
}

func TestMoreNegativePostsThanUsualNeedSomebody(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("Kaffora", "kaffora")
	h.past(14, 30, "kaffora")
	h.look()
	h.arrive(many(11, post{text: "kaffora made me ill", sentiment: hearth.Negative})...)
	h.arrive(many(2, post{text: "kaffora as always", sentiment: hearth.Neutral})...)
	h.look()
	one := h.only()
	if one.Class != Act || !slices.Contains(one.Evidence.Kinds, Negative) || slices.Contains(one.Evidence.Kinds, Volume) {
		t.Errorf("the alert is %s %+v", one.Class, one.Evidence)
	}
	if !strings.Contains(one.Evidence.Sentence, "85 of 100 negative, usually 2") {
		t.Errorf("the sentence is %q", one.Evidence.Sentence)
	}
}

func TestItIsToldAgainOnlyWhenItIsMuchWorse(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("Kaffora", "kaffora")
	h.rule(id, func(r *Rule) { r.Threshold = 400 })
	h.past(14, 4, "kaffora")
	h.look()
	h.arrive(many(30, post{text: "kaffora smells", sentiment: hearth.Neutral})...)
	h.look()
	h.arrive(many(30, post{text: "kaffora smells", sentiment: hearth.Neutral})...)
	h.spend(3 * time.Minute)
	if n := len(h.told(AlertChanged)); n != 0 {
		t.Fatalf("twice as many were told %d times", n)
	}
	h.arrive(many(70, post{text: "kaffora smells", sentiment: hearth.Neutral})...)
	h.spend(3 * time.Minute)
	if n := len(h.told(AlertChanged)); n != 1 {
		t.Fatalf("four times as many were told %d times", n)
	}
	h.arrive(many(300, post{text: "kaffora smells", sentiment: hearth.Negative})...)
	h.spend(3 * time.Minute)
	changed := h.told(AlertChanged)
	if one := h.only(); one.Class != AllHands || len(changed) != 2 || changed[1].Class != AllHands {
		t.Errorf("430 posts, 400 are a crisis: %s, told %+v", one.Class, changed)
	}
	if len(h.told(AlertRaised)) != 1 {
		t.Error("it was raised twice")
	}
}

// An outage looks like a fall and then a spike; neither is one.
func TestABrokenSourceRaisesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("Kaffora", "kaffora")
	h.past(14, 4, "kaffora")
	h.spend(20 * time.Minute)
	h.arrive(post{text: "kaffora as always"})
	h.troubles = []Trouble{{Workspace: here, Source: 1, Name: "fable", From: h.clock(), Failed: true, Reason: "The network is down."}}
	h.spend(20 * time.Minute)
	h.troubles = nil
	h.look()
	h.arrive(many(40, post{text: "kaffora smells", at: h.clock().Add(-10 * time.Minute)})...)
	h.spend(10 * time.Minute)
	if n := len(h.list()); n != 0 {
		t.Errorf("%d alerts of what a broken source made up for", n)
	}
	if failed, well := h.told(SourceFailed), h.told(SourceRecovered); len(failed) != 1 || len(well) != 1 || failed[0].Text == "" {
		t.Errorf("the source was told broken %d times and well %d times", len(failed), len(well))
	}
	h.spend(45 * time.Minute)
	h.arrive(many(40, post{text: "kaffora smells"})...)
	h.look()
	h.only() // later, the same counts
}

func TestNobodyWatchedRaisesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("Kaffora", "kaffora")
	h.past(14, 4, "kaffora")
	h.spend(20 * time.Minute)
	h.advance(50 * time.Minute) // the program is stopped
	h.arrive(many(40, post{text: "kaffora smells", at: h.clock().Add(-5 * time.Minute)})...)
	h.restart()
	h.spend(5 * time.Minute)
	if n := len(h.list()); n != 0 {
		t.Errorf("%d alerts of what came while nobody watched", n)
	}
	h.spend(2 * time.Hour)
	h.arrive(many(40, post{text: "kaffora smells"})...)
	h.look()
	h.only()
}

func TestTheOwnCampaignIsNoSpikeButItsFailureIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("Kaffora", "kaffora")
	h.rule(id, func(r *Rule) { r.Own = "#winabeanbag" })
	h.past(14, 20, "kaffora")
	h.look()
	h.arrive(many(150, post{text: "kaffora gives one away #winabeanbag", sentiment: hearth.Positive})...)
	h.look()
	if n := len(h.list()); n != 0 {
		t.Fatalf("the own campaign raises %d alerts", n)
	}
	h.spend(2 * time.Hour)
	h.arrive(many(150, post{text: "kaffora lied to us #winabeanbag", sentiment: hearth.Negative})...)
	h.look()
	if one := h.only(); !slices.Equal(one.Evidence.Kinds, []Kind{Negative}) || one.Class != Act {
		t.Errorf("the campaign's failure is %s %v", one.Class, one.Evidence.Kinds)
	}
}

func TestPlannedWindowsMuteVolumeOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("Kaffora", "kaffora")
	h.rule(id, func(r *Rule) {
		r.Campaigns = []Campaign{{Name: "Autumn", From: noon.Add(-time.Hour), To: noon.Add(6 * time.Hour)}}
	})
	h.past(14, 20, "kaffora")
	h.look()
	h.arrive(many(150, post{text: "kaffora new taste", sentiment: hearth.Positive})...)
	h.look()
	if n := len(h.list()); n != 0 {
		t.Fatalf("a planned window raises %d alerts", n)
	}
	h.spend(2 * time.Hour)
	h.arrive(many(100, post{text: "kaffora new taste", sentiment: hearth.Negative})...)
	h.look()
	h.only()
}

func TestTwoMonitorsThatSeeTheSamePostsRaiseOneAlert(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := h.listen("Kaffora", "kaffora")
	second := h.listen("Machines", "machine OR kaffora")
	h.past(14, 4, "kaffora")
	h.look()
	h.arrive(many(40, post{text: "kaffora machine smells"})...)
	h.look()
	list := h.list()
	if len(list) != 2 || list[0].SameAs != list[1].ID || list[1].SameAs != 0 {
		t.Fatalf("the alerts are %+v", list)
	}
	if list[0].Monitor == list[1].Monitor || list[0].Monitor != first && list[0].Monitor != second {
		t.Errorf("of monitors %d and %d", list[0].Monitor, list[1].Monitor)
	}
	if n := len(h.told(AlertRaised)); n != 1 {
		t.Errorf("told %d times", n)
	}
	page, err := h.alerts.List(t.Context(), owner, Search{})
	if err != nil || len(page.Alerts) != 1 {
		t.Errorf("the list shows %d alerts, %v", len(page.Alerts), err)
	}
}

func TestWithoutAPastTheFirstHalfDayIsOnlyLearnedFrom(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("Kaffora", "kaffora")
	h.look()
	h.arrive(many(200, post{text: "kaffora"})...)
	h.spend(20 * time.Minute)
	if n := len(h.list()); n != 0 {
		t.Errorf("%d alerts within minutes of the first post", n)
	}
}

func TestVotesSayHowGoodAlertsAre(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("Kaffora", "kaffora")
	h.past(14, 4, "kaffora")
	h.look()
	h.arrive(many(40, post{text: "kaffora smells"})...)
	h.look()
	id := h.only().ID
	for user, useful := range map[hearth.UserID]bool{1: true, 2: true, 3: false} {
		by := access.Limited(here, user, access.ReadAlerts)
		if _, err := h.alerts.Vote(t.Context(), by, id, !useful); err != nil {
			t.Fatal(err)
		}
		if _, err := h.alerts.Vote(t.Context(), by, id, useful); err != nil {
			t.Fatal(err)
		}
	}
	one := h.only()
	p, err := h.alerts.Precision(t.Context(), owner)
	if one.Useful != 2 || one.Noise != 1 || err != nil || p != (Precision{1, 1, 1}) {
		t.Errorf("%d to %d, %+v, %v", one.Useful, one.Noise, p, err)
	}
}

func TestAnotherWorkspaceSeesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.listen("Kaffora", "kaffora")
	h.past(14, 4, "kaffora")
	h.look()
	h.arrive(many(40, post{text: "kaffora smells"})...)
	h.look()
	id := h.only().ID
	other := access.LocalOwner(here + 1)
	if _, err := h.alerts.Get(t.Context(), other, id); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("another workspace gets %v", err)
	}
	page, err := h.alerts.List(t.Context(), other, Search{Same: true})
	notices, err2 := h.alerts.Notices(t.Context(), other, NoticeSearch{})
	if err != nil || err2 != nil || len(page.Alerts) != 0 || len(notices.Notices) != 0 || notices.Unread != 0 {
		t.Errorf("another workspace sees %+v %+v", page, notices)
	}
}

func TestTimelineShowsWhatIsUsual(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("Kaffora", "kaffora")
	h.past(14, 4, "kaffora")
	h.look()
	h.arrive(many(40, post{text: "kaffora smells"})...)
	h.look()
	h.advance(time.Minute)
	line, err := h.alerts.Timeline(t.Context(), owner, id, time.Time{}, time.Time{})
	if err != nil || !line.Usual || len(line.Hours) != 7*24+1 || len(line.Alerts) != 1 {
		t.Fatalf("%d hours, %d alerts, usual %v, %v", len(line.Hours), len(line.Alerts), line.Usual, err)
	}
	last := line.Hours[len(line.Hours)-1]
	if last.Posts != 40 || last.High >= 40 || last.Mean < 2 || last.Mean > 6 || last.Low > last.Mean {
		t.Errorf("the last hour is %+v", last)
	}
}

func TestARuleThatSomebodyElseChangedIsNotOverwritten(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.listen("Kaffora", "kaffora")
	r, err := h.alerts.Rule(t.Context(), owner, id)
	if err != nil || r.Version != 0 {
		t.Fatal(r, err)
	}
	r.Rule.Budget = 2
	if _, err := h.alerts.SetRule(t.Context(), owner, id, 0, r.Rule); err != nil {
		t.Fatal(err)
	}
	if _, err := h.alerts.SetRule(t.Context(), owner, id, 0, StandardRule()); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("the old version is taken: %v", err)
	}
	for name, spoil := range map[string]func(*Rule){
		"budget": func(r *Rule) { r.Budget = 0 }, "zone": func(r *Rule) { r.Zone = "Mars/Olympus" }, "own": func(r *Rule) { r.Own = "(" },
		"threshold": func(r *Rule) { r.Threshold = 0 }, "quiet": func(r *Rule) { r.Quiet = []Quiet{{From: "25:00", To: "07:00"}} },
		"campaigns": func(r *Rule) { r.Campaigns = []Campaign{{Name: "x", From: noon, To: noon}} },
	} {
		bad := StandardRule()
		spoil(&bad)
		_, err := h.alerts.SetRule(t.Context(), owner, id, 1, bad)
		if e, ok := err.(*hearth.Error); !ok || e.Code != hearth.Invalid || e.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestQuietTimesEndAtTheTimeOnTheWall(t *testing.T) {
	t.Parallel()
	r := StandardRule()
	r.Zone = "Europe/Berlin"
	r.Quiet = []Quiet{{From: "22:00", To: "07:00"}, {From: "12:00", To: "13:00", Days: []time.Weekday{time.Sunday}}}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for when, until := range map[string]string{
		"2026-06-03 23:00": "2026-06-04 07:00", "2026-06-04 06:59": "2026-06-04 07:00", "2026-06-04 07:00": "", "2026-06-04 12:30": "",
		"2026-06-07 12:30": "2026-06-07 13:00", "2026-03-28 23:00": "2026-03-29 07:00", "2026-10-25 01:00": "2026-10-25 07:00",
	} {
		got := r.QuietUntil(at(when))
		if until == "" && !got.IsZero() || until != "" && !got.Equal(at(until)) {
			t.Errorf("at %s it is quiet until %v, want %q", when, got.In(zone), until)
		}
	}
}
