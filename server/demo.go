package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth"
	"hearth/cli"
	"hearth/client"
	"hearth/demo"
)

// show is one run of the demo: an invented world on networks of its own, and a
// real server that listens to them.
type show struct {
	o     cli.DemoOptions
	clock hearth.Clock
	world *demo.World
	stage *demo.Stage
	api   *client.Client

	password string // of the owner that this run has made; \"\": an earlier one did
}

// demo runs a small invented world until ctx ends.
func (t tools) demo(ctx context.Context, given cli.Given, o cli.DemoOptions) error {
	config, err := t.load(given)
	if err != nil {
		return err
	}
	if given["log"] == "" {
		config.Log = "error"
	}
	if o.Directory == "" {
		if config.Data, err = os.MkdirTemp("", "hearth-demo-"); err != nil {
			return fmt.Errorf("making a directory for the demo: %w", err)
		}
		defer os.RemoveAll(config.Data)
	}
	if given["db"] == "" {
		config.DB = "" // the invented world goes nowhere but where it is sent
	}
	if given["listen"] == "" && taken(config.Listen) {
		config.Listen = "127.0.0.1:0"
	}
	return Demo(ctx, config, o)
}

func taken(address string) bool {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return true
	}
	l.Close()
	return false
}

// Demo runs the invented world in config.Data until ctx ends, or with o.Fast
// until its history was heard.
func Demo(ctx context.Context, config Config, o cli.DemoOptions) error {
	if config.Clock == nil {
		config.Clock = hearth.SystemClock
	}
	d := &show{o: o, clock: config.Clock, world: demo.NewWorld(o.Seed)}
	var group errgroup.Group
	networks, err := d.open(&group, &config)
	if err != nil {
		return err
	}
	defer networks.Close()
	config.openPages = true
	s, err := Build(ctx, config)
	if err != nil {
		return explainTaken(err, config.Data)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, func(address string) { ready <- address }) }()
	select {
	case err := <-ended:
		return errors.Join(err, s.Close())
	case address := <-ready:
		err = d.play(ctx, address, s)
	}
	stop()
	networks.Close()
	return errors.Join(err, <-ended, group.Wait(), s.Close())
}

// hosts are the servers of the invented networks.
type hosts []*http.Server

// Close ends them.
func (h hosts) Close() {
	for _, s := range h {
		s.Close()
	}
}

// open builds the stage, each network on a port of its own, and lets the server
// that is going to listen reach them.
func (d *show) open(group *errgroup.Group, config *Config) (hosts, error) {
	addresses := map[string]string{}
	var listeners []net.Listener
	for _, site := range demo.Sites() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			for _, l := range listeners {
				l.Close()
			}
			return nil, fmt.Errorf("opening the invented networks: %w", err)
		}
		listeners = append(listeners, l)
		addresses[site] = "http://" + l.Addr().String()
		config.Allow = append(slices.Clone(config.Allow), l.Addr().String())
	}
	d.stage = demo.NewStage(d.world, config.Clock, addresses)
	var opened hosts
	for i, site := range demo.Sites() {
		s := &http.Server{Handler: d.stage.Handler(site), ReadHeaderTimeout: headerTime}
		opened = append(opened, s)
		group.Go(func() error {
			if err := s.Serve(listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
	}
	return opened, nil
}

// play builds the scene through the API, as any user would, and lets the world
// live.
func (d *show) play(ctx context.Context, address string, s *Server) (err error) {
	if d.api, err = client.New(address, client.Options{Key: s.Key()}); err != nil {
		return err
	}
	begun := d.clock()
	if err := d.addPerson(ctx, address); err != nil {
		return ended(ctx, err)
	}
	if err := d.addMonitors(ctx); err != nil {
		return ended(ctx, err)
	}
	last, err := d.last(ctx)
	if err != nil {
		return ended(ctx, err)
	}
	history := d.world.LastDays(begun, cmp.Or(d.o.Days, demo.HistoryDays))
	// Of networks whose past is not heard, the last minutes would be or not,
	// by how far back the first look reaches.
	fresh := begun.Add(-time.Hour)
	history = slices.DeleteFunc(history, func(e demo.Event) bool {
		return !e.At.After(last) || !demo.Heard(e.Post.Network) && e.At.After(fresh)
	})
	if err := d.hear(ctx, history); err != nil {
		return ended(ctx, err)
	}
	if err := d.addRules(ctx); err != nil {
		return ended(ctx, err)
	}
	d.say(address, s.config.Data, last, len(history), d.clock().Sub(begun))
	if d.o.Fast {
		return d.check(ctx, history, last)
	}
	d.stage.Settle()
	var group errgroup.Group
	group.Go(func() error { d.world.Live(ctx, d.stage, d.clock); return nil })
	group.Go(func() error { return ended(ctx, d.follow(ctx)) })
	return group.Wait()
}

// ended is no error once the demo was ended by a person.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// last is when the newest post was written that an earlier run of the demo in
// this directory kept; zero: there was none. The world goes on from there.
func (d *show) last(ctx context.Context) (time.Time, error) {
	page, err := d.api.Search(ctx, client.SearchRequest{Limit: 1})
	if err != nil || len(page.Posts) == 0 {
		return time.Time{}, err
	}
	return page.Posts[0].Post.Published, nil
}

// hear lets the history happen and waits until it was heard: of a network that
// is a page, what stands there; of one that goes by, what happens while somebody
// listens.
func (d *show) hear(ctx context.Context, history []demo.Event) error {
	expected := map[string]int64{} // events, by site
	happen := func(standing bool) {
		for i := range history {
			if e := &history[i]; demo.Standing(e.Post.Network) == standing {
				d.stage.Happen(e)
				expected[e.Post.Network]++
			}
		}
	}
	happen(true)
	sources := map[string]client.Source{}
	for _, site := range demo.Sites() {
		source, err := d.source(ctx, d.stage.Source(site))
		if err != nil {
			return err
		}
		sources[site] = source
	}
	for _, site := range demo.Sites() {
		if err := until(ctx, site+" is listened to", func() (bool, error) { return d.stage.Listening(site), nil }); err != nil {
			return err
		}
	}
	happen(false)
	for _, site := range demo.Sites() {
		if !demo.Heard(site) {
			continue
		}
		before := sources[site]
		var now client.Source
		err := until(ctx, site+" was heard", func() (ok bool, err error) {
			now, err = d.api.Source(ctx, before.ID)
			return now.Counters.Events-before.Counters.Events >= expected[site], err
		})
		if err != nil {
			return fmt.Errorf("%w It said %d of %d events, is %s, and last said: %q", err, now.Counters.Events-before.Counters.Events, expected[site], now.State, now.Trouble)
		}
	}
	return until(ctx, "everything was counted", func() (bool, error) {
		st, err := d.api.Status(ctx)
		return err == nil && st.Rows > 0 && st.Counted >= st.Rows, err
	})
}

// source adds a source, or sends that of an earlier run in this directory to the
// new stage.
func (d *show) source(ctx context.Context, draft client.SourceDraft) (client.Source, error) {
	source, err := d.api.AddSource(ctx, draft)
	if hearth.ErrorCode(err) != hearth.Conflict {
		return source, err
	}
	list, err := d.api.Sources(ctx)
	if err != nil {
		return source, err
	}
	for _, src := range list {
		if src.Name == draft.Name {
			return d.api.ChangeSource(ctx, src.ID, client.SourceChange{Version: src.Version, Settings: draft.Settings})
		}
	}
	return source, hearth.Errorf(hearth.Conflict, "The data directory is not one of the demo's; give another with --data.")
}

// The owner of the demo, and the length of their password.
const (
	demoName     = "demo"
	demoPassword = 14
)

// addPerson makes the owner, unless an earlier run in this directory did.
func (d *show) addPerson(ctx context.Context, address string) error {
	link, err := d.api.SetUpLink(ctx)
	if hearth.ErrorCode(err) == hearth.Conflict {
		return nil
	}
	if err != nil {
		return err
	}
	secret, err := newKey(nil)
	if err != nil {
		return err
	}
	d.password = secret[:demoPassword]
	visitor, err := client.New(address, client.Options{})
	if err != nil {
		return err
	}
	_, err = visitor.SetUp(ctx, client.NewUser{Token: link.Token, Name: demoName, FullName: "Demo", Password: d.password})
	return err
}

// until polls a condition for some minutes: a busy machine is slow.
func until(ctx context.Context, what string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	const soon = 20 * time.Millisecond
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return hearth.Errorf(hearth.Unavailable, "The demo waited for five minutes in vain until %s.", what)
		case <-time.After(soon):
		}
	}
}

// say tells where to look.
func (d *show) say(address, dir string, last time.Time, events int, took time.Duration) {
	if d.o.Out == nil {
		return
	}
	past := "sixty days"
	if d.o.Days != 0 && d.o.Days != demo.HistoryDays {
		past = fmt.Sprintf("%d days", d.o.Days)
	}
	if !last.IsZero() {
		past = "gone on since " + last.UTC().Format("2 January 15:04 UTC") + ","
	}
	keep := "kept in " + dir
	if d.o.Directory == "" {
		keep = dir + ", removed at the end"
	}
	secret := ", with the password that was shown when this directory was new"
	if d.password != "" {
		secret = " with the password " + d.password
	}
	fmt.Fprintf(d.o.Out, `An invented world, seed %d: %d people, %s: %d events heard in %.1f s.

  Look at   %s
  Sign in   as demo%s
  Data      %s
  Try       hearth --data %s search 'kaffora AND sentiment:negative'
            hearth --data %s monitor list
            hearth --data %s monitor show 'Ember One safety'

Something is wrong with a machine called Ember One; watch it grow. Ctrl-C ends the demo.

`, d.o.Seed, len(d.world.People), past, events, took.Seconds(), address, secret, keep, dir, dir, dir)
}

// check prints what each monitor caught, and checks the numbers that are known
// beforehand: in all, by network and by day. Of a world that went on they are
// not.
func (d *show) check(ctx context.Context, history []demo.Event, last time.Time) error {
	known := demo.Known(history, demo.Heard)
	if !last.IsZero() {
		known = nil
	}
	// The posts of an account that is gone are erased a little later.
	var wrong error
	err := until(ctx, "the numbers are right", func() (bool, error) {
		wrong = d.compareAll(ctx, known)
		return wrong == nil || hearth.ErrorCode(wrong) != hearth.Internal, nil
	})
	if err != nil {
		return errors.Join(wrong, err)
	}
	if wrong != nil {
		return wrong
	}
	list, err := d.api.Monitors(ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		note := ""
		if _, ok := known[m.Name]; ok {
			note = "  as it must be"
		}
		if d.o.Out != nil {
			fmt.Fprintf(d.o.Out, "%6d  %s%s\n", m.Mentions, m.Name, note)
		}
	}
	return nil
}

// compareAll is an Internal error for the first number that is not the known
// one.
func (d *show) compareAll(ctx context.Context, known map[string]demo.Tally) error {
	list, err := d.api.Monitors(ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		if want, ok := known[m.Name]; ok {
			if err := d.compare(ctx, &m, &want); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *show) compare(ctx context.Context, m *client.Monitor, want *demo.Tally) error {
	wrong := func(what string, got, want int64) error {
		return hearth.Errorf(hearth.Internal, "The monitor %s caught %d posts %s, but %d is right.", m.Name, got, what, want)
	}
	networks, err := d.api.CountMentions(ctx, m.ID, client.MentionCount{By: "network"})
	if err != nil {
		return err
	}
	for _, v := range networks.Buckets {
		if n := int64(want.Networks[v.Value]); n != v.Count {
			return wrong("on "+v.Value, v.Count, n)
		}
	}
	days, err := d.api.CountMentions(ctx, m.ID, client.MentionCount{Interval: "day"})
	if err != nil {
		return err
	}
	for _, b := range days.Buckets {
		if n := int64(want.Days[b.Start]); n != b.Count {
			return wrong("on "+b.Start.Format(time.DateOnly), b.Count, n)
		}
	}
	if m.Mentions != int64(want.Posts) {
		return wrong("in all", m.Mentions, int64(want.Posts))
	}
	return nil
}

// follow shows what the monitors catch from now on.
func (d *show) follow(ctx context.Context) error {
	names := map[int64]string{}
	list, err := d.api.Monitors(ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		names[m.ID] = m.Name
	}
	return d.api.Follow(ctx, client.FollowRequest{}, func(h *client.Hit) error {
		for _, id := range h.Monitors {
			if name, ok := names[id]; ok {
				d.o.Heard(name, h)
				break
			}
		}
		return nil
	})
}
