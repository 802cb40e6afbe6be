// Soak runs the real program for hours under the load of the trade's yardstick,
// 13,889 posts a second of which about one in a hundred is wanted by one of ten
// thousand monitors, and lets things go wrong all the while: lines that break
// in every way, processes that are killed and stopped, bursts, events that
// nobody can read, events that come twice, and a host that forgets. In the end
// it compares what is kept with what must be kept: nothing lost, nothing there
// twice, every gap noticed and no other, memory flat.
//
// It prints what happens, and as its last line the result as JSON; the exit
// code is 1 where anything was violated or a fault did not fire. The same seed
// makes the same posts and deals the same faults.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/client"
	"hearth/firehose"
	"hearth/network/networktest/wire"
)

type options struct {
	duration   time.Duration
	rate       float64
	monitors   int
	seed       uint64
	binary     string
	dir        string
	growth     float64 // MiB an hour
	noMischief bool
	screens    bool
	enough     int // posts seen end a run of screens; 0: only time does
}

// soak is one run.
type soak struct {
	o       options
	tape    *tape
	host    *host
	proxy   *wire.Proxy
	p       *program
	ears    *ears
	eyes    *eyes // of a run that measures the screen
	brooks  []*brook
	dice    *rand.Rand
	begun   time.Time
	source  int64
	monitor map[int64]int // id to place

	expected []string
	fired    map[string]int
	recovery map[string]time.Duration
	samples  []sample
	said     map[string]int // of the brooks, as exported

	mu         sync.Mutex
	violations []string
	result     result
}

// result is the last line.
type result struct {
	OK          bool               `json:"ok"`
	Seed        uint64             `json:"seed"`
	Seconds     float64            `json:"seconds"`
	Rate        float64            `json:"posts_per_second"`
	Monitors    int                `json:"monitors"`
	Events      int64              `json:"events"`
	Wanted      int                `json:"wanted"`
	Kept        int                `json:"kept"`
	Lost        int                `json:"lost"`
	Doubled     int                `json:"doubled"`
	Strange     int                `json:"strange"`
	Stale       int                `json:"stale"`
	Mentions    int64              `json:"mentions"`
	DeadLetters int64              `json:"dead_letters"`
	Forgotten   int                `json:"forgotten"`
	Gaps        int64              `json:"gaps"`
	Brooks      map[string]int     `json:"brooks"`
	Faults      map[string]int     `json:"faults"`
	Recovery    map[string]float64 `json:"slowest_recovery_seconds"`
	Starts      int                `json:"starts"`
	Start       float64            `json:"slowest_start_seconds"`
	Stored      [2]float64         `json:"stored_p50_p99_seconds"` // from sent, in calm weather
	Heard       [2]float64         `json:"heard_p50_p99_seconds"`
	Seen        [2]float64         `json:"seen_p50_p99_seconds"` // from sent to the open page of a browser
	SeenPosts   int                `json:"seen"`
	Told        int                `json:"live_events"`
	Processors  float64            `json:"processors"` // that the program used, on average
	RSSAll      float64            `json:"rss_mib"`
	Behind      int64              `json:"events_behind"` // that the host could not send
	All         [2]float64         `json:"stored_in_all_weathers_p50_p99_seconds"`
	Watched     float64            `json:"memory_watched_minutes"`
	RSS         [2]float64         `json:"rss_anon_first_last_mib"`
	RSSMost     float64            `json:"rss_anon_most_mib"`
	Growth      float64            `json:"rss_anon_growth_mib_per_hour"`
	Heap        float64            `json:"heap_growth_mib_per_hour"`
	Ours        float64            `json:"go_growth_mib_per_hour"` // what Go has from the system; the rest of rss_anon is SQLite's
	Goroutines  [2]float64         `json:"goroutines_first_last"`
	Violations  []string           `json:"violations"`
}

func main() {
	var o options
	flag.DurationVar(&o.duration, "for", time.Hour, "how long")
	flag.Float64Var(&o.rate, "rate", firehose.Once, "events a second")
	flag.IntVar(&o.monitors, "monitors", 10_000, "how many monitors")
	flag.Uint64Var(&o.seed, "seed", 1, "of posts and faults")
	flag.StringVar(&o.binary, "hearth", "", "the program; empty: it is built")
	flag.StringVar(&o.dir, "dir", "", "where its data is; empty: a temporary directory")
	flag.Float64Var(&o.growth, "growth", 24, "MiB an hour that its memory may grow, in runs of half an hour and more")
	flag.BoolVar(&o.noMischief, "calm", false, "let nothing go wrong: the control")
	flag.BoolVar(&o.screens, "screens", false, "measure only how soon a post is on an open page, while nothing goes wrong")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := newSoak(o)
	if err := s.run(ctx); err != nil {
		s.violation("%v", err)
	}
	s.report()
	if len(s.violations) > 0 {
		os.Exit(1)
	}
}

func newSoak(o options) *soak {
	o.noMischief = o.noMischief || o.screens
	s := &soak{o: o, dice: rand.New(rand.NewPCG(o.seed, 2)), begun: hearth.SystemClock(), fired: map[string]int{}, recovery: map[string]time.Duration{}, monitor: map[int64]int{}}
	s.result.Brooks = map[string]int{}
	return s
}

func (s *soak) say(format string, args ...any) {
	fmt.Printf("%8s  %s\n", hearth.SystemClock().Sub(s.begun).Round(100*time.Millisecond), fmt.Sprintf(format, args...))
}

func (s *soak) violation(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
	s.say("VIOLATION: "+format, args...)
}

func (s *soak) run(ctx context.Context) (err error) {
	if s.o.dir == "" {
		if s.o.dir, err = os.MkdirTemp("", "hearth-soak-"); err != nil {
			return err
		}
		defer func() {
			if len(s.violations) == 0 && err == nil {
				os.RemoveAll(s.o.dir)
			}
		}()
	}
	if err = os.MkdirAll(s.o.dir, 0o755); err != nil {
		return err
	}
	s.say("data in %s, seed %d", s.o.dir, s.o.seed)
	if s.o.binary == "" {
		s.o.binary = filepath.Join(s.o.dir, "hearth")
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", s.o.binary, "./cmd/hearth").CombinedOutput(); err != nil {
			return fmt.Errorf("building the program: %w\n%s", err, out)
		}
	}
	if s.tape, err = newTape(s.o.seed, s.o.monitors); err != nil {
		return err
	}
	s.say("%.2f of a hundred posts are wanted", s.tape.share())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := s.open(ctx); err != nil {
		return err
	}
	defer func() {
		if _, pid := s.p.now(); pid != 0 {
			s.p.cmd.Process.Kill()
		}
	}()
	if err := s.furnish(ctx); err != nil {
		return err
	}
	if s.o.screens {
		return s.screens(ctx)
	}
	return s.weather(ctx)
}

// open opens the networks and starts the program.
func (s *soak) open(ctx context.Context) (err error) {
	s.host = newHost(s.tape, hearth.SystemClock())
	s.host.setRate(s.o.rate)
	if s.proxy, err = serve(ctx, s.host); err != nil {
		return err
	}
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	hooks := probe.Addr().String()
	probe.Close()
	if s.o.screens {
		return s.begin(ctx, hooks)
	}
	m, err1 := newMastodon(ctx, int(10*s.o.duration.Seconds())+1000)
	f, err2 := newFeed(ctx)
	w, err3 := newWebhook(hooks)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	s.brooks = []*brook{m, f, w}
	return s.begin(ctx, hooks)
}

// begin starts the program.
func (s *soak) begin(ctx context.Context, hooks string) error {
	log, err := os.Create(filepath.Join(s.o.dir, "stderr"))
	if err != nil {
		return err
	}
	s.p = &program{binary: s.o.binary, dir: filepath.Join(s.o.dir, "data"), hooks: hooks, log: log}
	s.ears = &ears{p: s.p, host: s.host}
	return s.p.start(ctx)
}

// furnish makes monitors and sources, and waits until each source reads.
func (s *soak) furnish(ctx context.Context) error {
	c, _ := s.p.now()
	for i, q := range s.tape.monitors {
		m, err := c.AddMonitor(ctx, client.MonitorDraft{Name: fmt.Sprintf("Monitor %d", i), Query: q})
		if err != nil {
			return fmt.Errorf("adding monitor %d: %w", i, err)
		}
		s.monitor[m.ID] = i
	}
	s.say("%d monitors are there", len(s.monitor))
	for _, b := range s.brooks {
		src, err := c.AddSource(ctx, b.draft)
		if err != nil {
			return fmt.Errorf("adding a source of %s: %w", b.name, err)
		}
		if b.source = src.ID; b.say == nil {
			_, path, ok := strings.Cut(src.Deliveries.Address, "/in/")
			if !ok {
				return fmt.Errorf("the address of deliveries is %q", src.Deliveries.Address)
			}
			if err := b.sendTo("/in/" + path); err != nil {
				return err
			}
		}
		if err := s.reads(ctx, c, b.source, func(n int) { b.say(ctx, fmt.Sprintf("warm %s %d", b.name, n)) }); err != nil {
			return err
		}
	}
	endpoint := "127.0.0.1"
	if s.proxy != nil {
		endpoint = s.proxy.Address()
	}
	var play sync.WaitGroup
	play.Go(func() { s.host.play(ctx) })
	src, err := c.AddSource(ctx, client.SourceDraft{Network: "bluesky", Settings: map[string]string{
		"endpoint": "ws://" + endpoint, "protocol": "v2", "appview": "http://" + endpoint,
	}})
	if err != nil {
		return fmt.Errorf("adding the great source: %w", err)
	}
	s.source, s.ears.source = src.ID, src.ID
	return s.reads(ctx, c, src.ID, nil)
}

// reads waits until a source has stored something.
func (s *soak) reads(ctx context.Context, c *client.Client, id int64, say func(int)) error {
	n := 0
	err := until(ctx, 2*time.Minute, fmt.Sprintf("source %d reads", id), func() bool {
		if n++; say != nil && n%20 == 1 {
			say(n)
		}
		src, err := c.Source(ctx, id)
		return err == nil && src.Counters.Stored > 0
	})
	if err != nil {
		src, _ := c.Source(ctx, id)
		return fmt.Errorf("%w: %+v", err, src)
	}
	return nil
}

// weather is the run itself, and the end of it.
func (s *soak) weather(ctx context.Context) error {
	s.say("everything reads")
	run, stop := context.WithTimeout(ctx, s.o.duration)
	defer stop()
	var crew, rest sync.WaitGroup
	for _, b := range s.brooks {
		crew.Go(func() { b.talk(run) })
	}
	listening, deaf := context.WithCancel(ctx)
	defer deaf()
	rest.Go(func() { s.ears.listen(listening) })
	crew.Go(func() { s.watch(run) })
	if s.o.noMischief {
		s.ears.weather(true)
		<-run.Done()
	} else {
		crew.Go(func() { s.ripple(run) })
		s.storm(run)
		<-run.Done()
	}
	crew.Wait()
	s.host.setRate(0)
	s.say("the host is silent")
	if err := s.settle(ctx); err != nil {
		s.violation("%v", err)
	}
	s.judge(ctx)
	deaf()
	if err := s.p.signal(15); err != nil {
		s.violation("%v", err)
	}
	rest.Wait()
	if err := s.p.failed(); err != nil {
		s.violation("%v", err)
	}
	if err := s.p.doctor(ctx); err != nil {
		s.violation("%v", err)
	}
	return nil
}

// settle waits until the program has read everything and counts it.
func (s *soak) settle(ctx context.Context) error {
	var last client.Status
	quiet := 0
	err := until(ctx, 6*time.Minute, "everything is read and counted", func() bool {
		c, _ := s.p.now()
		if c == nil {
			return s.p.failed() != nil
		}
		pause(ctx, time.Second)
		st, err := c.Status(ctx)
		if err != nil {
			return false
		}
		events := func(st *client.Status) (n int64) {
			for i := range st.Sources {
				n += st.Sources[i].Counters.Events
				if d := st.Sources[i].Deliveries; d != nil {
					n += d.Waiting << 32
				}
			}
			return n
		}
		if quiet++; events(&st) != events(&last) || st.Counted != st.Rows || s.host.lag() > 0 {
			quiet = 0
		}
		for i := range st.Sources {
			if state := st.Sources[i].State; state != "listening" && state != "catching up" {
				quiet = 0 // it is left alone for a while, after its failures
			}
		}
		last = st
		return quiet > 75 // longer than a feed is left alone
	})
	return err
}

// watch takes samples.
func (s *soak) watch(ctx context.Context) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		at, ok := s.ears.look(ctx)
		if !ok {
			continue
		}
		s.samples = append(s.samples, at)
		if n%6 == 0 {
			s.say("rss %.0f MiB (own %.0f, Go's %.0f), heap %.0f MiB, %.0f goroutines, %d events behind", at.all, at.anon, at.ours, at.heap, at.goroutines, at.behind)
		}
	}
}

// report judges what was measured and prints the last line.
func (s *soak) report() {
	r := &s.result
	r.Seed, r.Rate, r.Monitors, r.Seconds = s.o.seed, s.o.rate, s.o.monitors, s.o.duration.Seconds()
	r.Faults, r.Recovery = s.fired, map[string]float64{}
	for name, d := range s.recovery {
		r.Recovery[name] = d.Seconds()
	}
	if s.o.duration >= 20*time.Minute && !s.o.noMischief {
		for _, name := range s.expected {
			if s.fired[name] == 0 {
				s.violation("the fault %q never fired", name)
			}
		}
	}
	if len(s.fired) == 0 && !s.o.noMischief {
		s.violation("no fault fired")
	}
	if s.p != nil {
		r.Starts, r.Start = s.p.starts, s.p.slowest.Seconds()
	}
	if s.ears != nil {
		r.Stored = [2]float64{s.ears.stored.at(.5), s.ears.stored.at(.99)}
		r.Heard = [2]float64{s.ears.heard.at(.5), s.ears.heard.at(.99)}
		r.All = [2]float64{s.ears.all.at(.5), s.ears.all.at(.99)}
	}
	if s.eyes != nil {
		r.Seen, r.SeenPosts, r.Told = [2]float64{s.eyes.seen.at(.5), s.eyes.seen.at(.99)}, len(s.eyes.seen), s.eyes.told
	}
	s.memory()
	r.Violations = slices.Clone(s.violations)
	r.OK = len(r.Violations) == 0
	line, err := json.Marshal(r)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(string(line))
}

// memory judges the process that lived longest.
func (s *soak) memory() {
	r := &s.result
	warm := min(5*time.Minute, s.o.duration/6)
	life := calmest(s.samples, warm)
	if len(life) < 2 {
		if s.o.duration >= 10*time.Minute {
			s.violation("no process lived long enough to watch its memory")
		}
		return
	}
	first, last := &life[0], &life[len(life)-1]
	r.Watched = last.at.Sub(first.at).Minutes()
	r.RSS = [2]float64{first.anon, last.anon}
	r.Goroutines = [2]float64{first.goroutines, last.goroutines}
	for i := range s.samples {
		r.RSSMost = max(r.RSSMost, s.samples[i].anon)
	}
	const stretch = 2 * time.Minute
	r.Growth = slope(life, stretch, func(s *sample) float64 { return s.anon })
	r.Heap = slope(life, stretch, func(s *sample) float64 { return s.heap })
	r.Ours = slope(life, stretch, func(s *sample) float64 { return s.ours })
	more := slope(life, stretch, func(s *sample) float64 { return s.goroutines })
	if s.o.duration < 30*time.Minute {
		return
	}
	if r.Growth > s.o.growth {
		s.violation("its memory grew by %.1f MiB an hour, %.1f is allowed", r.Growth, s.o.growth)
	}
	if more > 20 {
		s.violation("its goroutines grew by %.0f an hour", more)
	}
}
