package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/analysis"
	"hearth/cli"
	"hearth/match"
	"hearth/network"
	"hearth/outbound"
	"hearth/query"
	"hearth/text"
)

// listener hears one network for `hearth listen`: no archive, no source, no
// account; what no query wants is forgotten at once, so memory stays flat.
type listener struct {
	o         cli.ListenOptions
	network   *network.Network
	session   *network.Session
	queries   []*query.Query
	set       *match.Set
	analyzers []analysis.Analyzer
	clock     hearth.Clock

	cursor    network.Cursor // kept in memory, so that a reconnect misses nothing
	connected bool
	progress  cli.Progress
	told      time.Time
	restUntil time.Time

	// Working space of one batch.
	scratch *match.Scratch
	doc     *text.Doc
	wanted  []int32
	ids     []hearth.MonitorID
	caught  []caught
}

// caught is a post that a query wants.
type caught struct {
	post *hearth.Post
	ids  []int
	hits []cli.Range
}

// listen hears a network until ctx ends. It connects again by itself; only what
// trying again cannot mend ends it.
func listen(ctx context.Context, networks []network.Network, analyzers []analysis.Analyzer, clock hearth.Clock, o cli.ListenOptions) error {
	l := &listener{o: o, analyzers: analyzers, clock: clock, scratch: match.NewScratch(), doc: new(text.Doc)}
	for i := range networks {
		if networks[i].Name == o.Network {
			l.network = &networks[i]
		}
	}
	if l.network == nil || l.network.Stream == nil {
		return hearth.Errorf(hearth.Invalid, "Hearth cannot listen to %q. It can listen to: %s.", o.Network, networkNames(networks))
	}
	settings, err := network.Settings(l.network.Fields, o.Settings)
	if err != nil {
		return err
	}
	var standing []match.Standing
	for i, text := range o.Queries {
		q, diagnostics := query.Parse(text)
		if q == nil {
			return hearth.Errorf(hearth.Invalid, "The query %q has an error: %s", text, diagnostics[0].Message)
		}
		l.queries = append(l.queries, q)
		standing = append(standing, match.Standing{ID: hearth.MonitorID(i + 1), Query: q})
	}
	l.set = match.NewSet(standing)
	out := outbound.New(outbound.Config{Allow: named(settings), UserAgent: userAgent})
	l.session = &network.Session{
		Settings: settings, HTTP: out.For(outbound.Stream, network.Scope(l.network.Fields, settings)), Clock: clock,
		Log: slog.New(slog.DiscardHandler), Cache: newForgetful(10_000),
		Authors: func() []string { return l.set.Authors(1_000) },
		Dial: func(ctx context.Context, address string) (net.Conn, error) {
			return out.DialContext(ctx, outbound.Mail, "tcp", address)
		},
	}
	return l.run(ctx)
}

// named are the addresses on this machine or a private network that the
// settings name in so many words. Who types them on the command line is the
// operator, so they are reached; what a network's answers lead to is not.
func named(settings map[string]string) (allow []outbound.Exception) {
	for _, value := range settings {
		u, err := url.Parse(value)
		if err != nil || u.Host == "" {
			continue
		}
		hosts := []string{u.Hostname()}
		if hosts[0] == "localhost" {
			hosts = []string{"127.0.0.1", "::1"}
		}
		port := u.Port()
		if port == "" {
			port = "*"
		}
		for _, host := range hosts {
			if e, err := outbound.ParseException(net.JoinHostPort(host, port)); err == nil {
				allow = append(allow, e)
			}
		}
	}
	return allow
}

func networkNames(networks []network.Network) string {
	var names []string
	for _, n := range networks {
		if n.Stream != nil {
			names = append(names, n.Name)
		}
	}
	return strings.Join(names, ", ")
}

// run connects again and again.
func (l *listener) run(ctx context.Context) error {
	const first, longest = time.Second, time.Minute
	l.o.Notice(cli.Notice{Message: "Connecting to " + l.network.Title + " …"})
	for wait := first; ; wait = min(2*wait, longest) {
		l.connected = false
		err := l.network.Stream(ctx, l.session, l.cursor, func(b *network.Batch) error { l.hear(ctx, b); return nil })
		if ctx.Err() != nil {
			l.tell(true)
			return nil
		}
		if err == nil {
			err = errors.New("the network ended the stream")
		}
		if code := hearth.ErrorCode(err); code == hearth.Invalid || code == hearth.Denied {
			return err
		}
		if l.connected {
			wait = first
		}
		l.o.Notice(cli.Notice{Bad: true, Message: fmt.Sprintf("Not connected: %v. Trying again in %s; Ctrl-C ends.", brief(err), wait)})
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// brief is an error without what the layers below say of themselves: the long
// addresses that were asked, and that a dial is a dial.
func brief(err error) string {
	text := strings.ReplaceAll(err.Error(), "failed to WebSocket dial: failed to send handshake request: ", "")
	for {
		from := strings.Index(text, `Get "`)
		if from < 0 {
			break
		}
		end := strings.Index(text[from:], `": `)
		if end < 0 {
			break
		}
		text = text[:from] + text[from+end+len(`": `):]
	}
	return strings.TrimSuffix(text, ".")
}

// hear takes one batch.
func (l *listener) hear(ctx context.Context, b *network.Batch) {
	if !l.connected {
		l.connected = true
		l.o.Notice(cli.Notice{Message: "Listening to " + l.network.Title + "."})
	}
	for _, g := range b.Gaps {
		l.o.Notice(cli.Notice{Bad: true, Message: fmt.Sprintf("Missed from %s to %s: %s", g.From, g.To, g.Reason)})
	}
	l.progress.Rejects += int64(len(b.Rejects))
	l.caught = l.caught[:0]
	for i := range b.Events {
		e := &b.Events[i]
		if e.Op != network.Create && e.Op != network.Update {
			continue
		}
		l.progress.Seen++
		l.look(&e.Post)
	}
	l.give(ctx)
	l.cursor = network.Cursor(strings.Clone(string(b.Cursor)))
	l.tell(false)
}

// look matches one post.
func (l *listener) look(p *hearth.Post) {
	query.AddPost(l.doc, p)
	l.wanted = l.set.Wanted(l.scratch, p, l.doc, l.wanted[:0])
	if len(l.wanted) == 0 || p.Check() != nil {
		return
	}
	analysis.Run(l.analyzers, []analysis.Item{{Post: p, Doc: l.doc}})
	l.ids = l.set.Decide(l.scratch, p, l.doc, l.wanted, l.ids[:0])
	if len(l.ids) == 0 {
		return
	}
	c := caught{post: p}
	for _, id := range l.ids {
		c.ids = append(c.ids, int(id)-1)
		for _, r := range l.queries[id-1].Highlights(p, l.doc) {
			if s := &l.doc.Streams[r.Stream]; s.Field == text.Text {
				c.hits = append(c.hits, cli.Range{From: r.Start, To: r.End})
			}
		}
	}
	l.caught = append(l.caught, c)
}

// give completes what was caught and hands it on.
func (l *listener) give(ctx context.Context) {
	if len(l.caught) == 0 {
		return
	}
	l.complete(ctx)
	for i := range l.caught {
		l.progress.Matched++
		l.o.Heard(cli.Heard{Post: l.caught[i].post, Queries: l.caught[i].ids, Highlights: l.caught[i].hits})
	}
	clear(l.caught)
}

// A network that takes longer than patience to complete posts is not asked
// again for the length of rest: what is heard matters more than a handle.
const (
	patience = time.Second
	rest     = time.Minute
)

func (l *listener) complete(ctx context.Context) {
	begun := l.clock()
	if l.network.Complete == nil || begun.Before(l.restUntil) {
		return
	}
	posts := make([]*hearth.Post, len(l.caught))
	for i := range l.caught {
		posts[i] = l.caught[i].post
	}
	l.network.Complete(ctx, l.session, posts)
	if now := l.clock(); now.Sub(begun) > patience {
		l.restUntil = now.Add(rest)
	}
}

// tell reports the counters, about once a second.
func (l *listener) tell(now bool) {
	if at := l.clock(); now || at.Sub(l.told) >= time.Second/4 {
		l.told = at
		l.o.Progress(l.progress)
	}
}

// forgetful is a cache of bounded size: full, it forgets everything.
type forgetful struct {
	mu    sync.Mutex
	size  int
	known map[string]string
}

func newForgetful(size int) *forgetful { return &forgetful{size: size, known: map[string]string{}} }

func (c *forgetful) Get(key string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.known[key]
	return value, ok
}

func (c *forgetful) Put(key, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= c.size {
		clear(c.known)
	}
	c.known[strings.Clone(key)] = strings.Clone(value)
}
