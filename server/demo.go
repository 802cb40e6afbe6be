package server

import (
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
	"hearth/network/bluesky/fake"
)

// show is one run of the demo: an invented world on a host of its own, and a
// real server that listens to it.
type show struct {
	o     cli.DemoOptions
	clock hearth.Clock
	world *demo.World
	host  *fake.Server
	at    string // host and port of the host
	api   *client.Client
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
	d.host = demo.Host(d.world, config.Clock)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("opening the invented network: %w", err)
	}
	network := &http.Server{Handler: d.host, ReadHeaderTimeout: headerTime}
	defer network.Close()
	d.at = listener.Addr().String()
	config.Allow = append(slices.Clone(config.Allow), d.at)

	s, err := Build(ctx, config)
	if err != nil {
		return explainTaken(err, config.Data)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group errgroup.Group
	group.Go(func() error {
		if err := network.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
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
	network.Close()
	return errors.Join(err, <-ended, group.Wait(), s.Close())
}

// play builds the scene through the API, as any user would, and lets the world
// live.
func (d *show) play(ctx context.Context, address string, s *Server) (err error) {
	if d.api, err = client.New(address, client.Options{Key: s.Key()}); err != nil {
		return err
	}
	source, err := d.listen(ctx)
	if err != nil {
		return ended(ctx, err)
	}
	if err := d.addMonitors(ctx); err != nil {
		return ended(ctx, err)
	}
	begun := d.clock()
	history := d.world.History(begun)
	for i := range history {
		demo.Happen(d.host, &history[i])
	}
	if err := d.heard(ctx, source, int64(len(history))); err != nil {
		return ended(ctx, err)
	}
	d.say(address, s.config.Data, len(history), d.clock().Sub(begun))
	if d.o.Fast {
		return d.counts(ctx, demo.Expect(history))
	}
	var group errgroup.Group
	group.Go(func() error { d.world.Live(ctx, d.host, d.clock); return nil })
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

const sourceName = "Bluesky, invented"

// listen makes the source and waits until it is connected.
func (d *show) listen(ctx context.Context) (client.Source, error) {
	settings := map[string]string{"endpoint": "ws://" + d.at, "appview": "http://" + d.at}
	source, err := d.api.AddSource(ctx, client.SourceDraft{Name: sourceName, Network: "bluesky", Settings: settings})
	if hearth.ErrorCode(err) == hearth.Conflict { // an earlier run of the demo in this directory
		source, err = d.again(ctx, settings)
	}
	if err != nil {
		return source, err
	}
	return source, until(ctx, func() (bool, error) { return d.host.Connections() > 0, nil })
}

func (d *show) again(ctx context.Context, settings map[string]string) (client.Source, error) {
	list, err := d.api.Sources(ctx)
	if err != nil {
		return client.Source{}, err
	}
	for _, src := range list {
		if src.Name == sourceName {
			return d.api.ChangeSource(ctx, src.ID, client.SourceChange{Version: src.Version, Settings: settings})
		}
	}
	return client.Source{}, hearth.Errorf(hearth.Conflict, "The data directory is not one of the demo's; give another with --data.")
}

func (d *show) addMonitors(ctx context.Context) error {
	for _, draft := range demo.Monitors() {
		_, err := d.api.AddMonitor(ctx, draft)
		if err != nil && hearth.ErrorCode(err) != hearth.Conflict {
			return fmt.Errorf("making the monitor %s: %w", draft.Name, err)
		}
	}
	return nil
}

// heard waits until the source has read everything and the counts stand for it.
func (d *show) heard(ctx context.Context, source client.Source, events int64) error {
	before := source.Counters.Events
	err := until(ctx, func() (bool, error) {
		now, err := d.api.Source(ctx, source.ID)
		return now.Counters.Events-before >= events, err
	})
	if err != nil {
		return err
	}
	return until(ctx, func() (bool, error) {
		st, err := d.api.Status(ctx)
		return err == nil && st.Rows > 0 && st.Counted >= st.Rows, err
	})
}

// until polls a condition for a minute.
func until(ctx context.Context, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	const soon = 20 * time.Millisecond
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return hearth.Errorf(hearth.Unavailable, "The demo did not get going within a minute.")
		case <-time.After(soon):
		}
	}
}

// say tells where to look.
func (d *show) say(address, dir string, events int, took time.Duration) {
	if d.o.Out == nil {
		return
	}
	keep := "kept in " + dir
	if d.o.Directory == "" {
		keep = dir + ", removed at the end"
	}
	fmt.Fprintf(d.o.Out, `An invented world, seed %d: %d people, a week of %d posts heard in %.1f s.

  Look at   %s
  Data      %s
  Try       hearth --data %s search 'kaffora AND sentiment:negative'
            hearth --data %s monitor list
            hearth --data %s monitor show 'Ember One safety'

Something is wrong with a machine called Ember One; watch it grow. Ctrl-C ends the demo.

`, d.o.Seed, len(d.world.People), events, took.Seconds(), address, keep, dir, dir, dir)
}

// counts prints what each monitor caught, and checks the numbers that are known
// beforehand.
func (d *show) counts(ctx context.Context, want map[string]int) error {
	list, err := d.api.Monitors(ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		note := ""
		if n, ok := want[m.Name]; ok {
			if note = "  as it must be"; int64(n) != m.Mentions {
				err = errors.Join(err, hearth.Errorf(hearth.Internal, "The monitor %s caught %d posts, but %d is right.", m.Name, m.Mentions, n))
			}
		}
		if d.o.Out != nil {
			fmt.Fprintf(d.o.Out, "%6d  %s%s\n", m.Mentions, m.Name, note)
		}
	}
	return err
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
