//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"hearth"
	"hearth/client"
	signing "hearth/network"
	"hearth/network/webhook/fake"
)

// strangers hold connections to the listeners and do nothing good with them.
type strangers struct {
	t    *testing.T
	mu   sync.Mutex
	held []net.Conn
	gone sync.WaitGroup
	long time.Duration // the longest that a connection was left open
	open int           // that were never closed
}

// come opens a connection, sends something, and more of it every second, until
// the server has had enough.
func (s *strangers) come(at, begin, more string) {
	c, err := net.DialTimeout("tcp", at, 10*time.Second)
	if err != nil {
		return // turned away at the door
	}
	s.mu.Lock()
	s.held = append(s.held, c)
	s.mu.Unlock()
	begun := hearth.SystemClock()
	io.WriteString(c, begin)
	s.gone.Go(func() {
		b := make([]byte, 512)
		for waited := 0; ; {
			c.SetReadDeadline(hearth.SystemClock().Add(time.Second))
			_, err := c.Read(b)
			switch {
			case err == nil:
				continue
			case errors.Is(err, os.ErrDeadlineExceeded) && waited < 60:
				waited++
				if more != "" {
					io.WriteString(c, more)
				}
				continue
			}
			took := hearth.SystemClock().Sub(begun)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.long = max(s.long, took)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				s.open++
			}
			c.Close()
			return
		}
	})
}

// quantiles of some durations.
func quantiles(list []time.Duration) (median, p99 time.Duration) {
	slices.Sort(list)
	return list[len(list)/2], list[len(list)*99/100]
}

// Ten thousand connections that do nothing, or send a byte a second, to both
// listeners: people and senders of webhooks are served as before, and nobody
// stays who does nothing.
//
// proves F25, IB4
func TestTenThousandIdleConnectionsHoldUpNobody(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), "HEARTH_WEBHOOKS=127.0.0.1:0")
	src, err := s.AddSource(t.Context(), client.SourceDraft{
		Network: "webhook", KeepEverything: true, Settings: map[string]string{"secret": "whsec_bm90IGEgc2VjcmV0IGJ1dCBsb25nIGVub3VnaA==", "network": "shop"},
	})
	if err != nil {
		t.Fatal(err)
	}
	scheme, _ := signing.SchemeOf("standard")
	alone := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	sender := &fake.Sender{Address: src.Deliveries.Address, Scheme: scheme, Secret: []byte("not a secret but long enough"), Client: alone, Clock: hearth.SystemClock}
	person := func() error {
		r, err := http.NewRequest(http.MethodGet, s.address+"/healthz", nil)
		if err != nil {
			return err
		}
		answer, err := alone.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			return fmt.Errorf("answered %s: %w", answer.Status, err)
		}
		return nil
	}
	sent := 0
	measure := func(n int) (people, hooks []time.Duration) {
		for range n {
			begun := hearth.SystemClock()
			if err := person(); err != nil {
				t.Errorf("a person is turned away: %v", err)
			}
			then := hearth.SystemClock()
			if status, err := sender.Send(t.Context(), "application/json", fmt.Sprintf(`{"text":"%d"}`, sent)); err != nil || status != http.StatusNoContent {
				t.Errorf("a webhook is turned away: %d %v", status, err)
			}
			sent++
			people, hooks = append(people, then.Sub(begun)), append(hooks, hearth.SystemClock().Sub(then))
		}
		return people, hooks
	}
	peopleBefore, hooksBefore := measure(100)

	want := 10_000
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if most := int(limit.Cur) - 2_000; most < want { // the rest is for the tests beside this one
		t.Logf("only %d files may be open here, so there are %d connections", limit.Cur, most)
		want = most
	}
	u, err := url.Parse(src.Deliveries.Address)
	if err != nil {
		t.Fatal(err)
	}
	api := s.address[len("http://"):]
	crowd := &strangers{t: t}
	defer func() {
		crowd.mu.Lock()
		defer crowd.mu.Unlock()
		for _, c := range crowd.held {
			c.Close()
		}
	}()
	var dialing sync.WaitGroup
	for w := range 8 {
		dialing.Go(func() {
			for i := w; i < want; i += 8 {
				at, path := api, "/healthz"
				if i%2 == 0 {
					at, path = u.Host, u.Path
				}
				switch i / 2 % 3 {
				case 0:
					crowd.come(at, "", "")
				case 1:
					crowd.come(at, "GET "+path+" HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", "x")
				case 2:
					crowd.come(at, "POST /in/nobody HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n", "x")
				}
			}
		})
	}
	dialing.Wait()
	peopleNow, hooksNow := measure(100)
	if len(crowd.held) < want*9/10 {
		t.Errorf("only %d of %d connections were made: the fault did not fire", len(crowd.held), want)
	}
	crowd.gone.Wait()
	if crowd.open > 0 || crowd.long > 30*time.Second { // 15 s on a machine that has nothing else to do
		t.Errorf("%d connections were never closed; the longest was left open for %v", crowd.open, crowd.long)
	}
	for what, list := range map[string][2][]time.Duration{"people": {peopleBefore, peopleNow}, "webhooks": {hooksBefore, hooksNow}} {
		m0, p0 := quantiles(list[0])
		m1, p1 := quantiles(list[1])
		t.Logf("%s: median %v, p99 %v alone; %v, %v beside %d strangers, who stayed %v at most", what, m0, p0, m1, p1, len(crowd.held), crowd.long.Round(time.Second))
		if m1 > 2*m0+50*time.Millisecond || p1 > 2*p0+4*time.Second { // what the machine does besides; who waits for strangers to go waits 10 s
			t.Errorf("%s are held up", what)
		}
	}
}
