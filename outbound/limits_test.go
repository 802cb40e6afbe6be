package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hearth"
	"hearth/outbound"
)

// far is a host that answers in memory, so that a test may own the clock.
type far func(*http.Request) (*http.Response, error)

func (f far) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	answer, err := f(r)
	if answer != nil {
		answer.Request = r
	}
	return answer, err
}

func says(status int, lines ...string) *http.Response {
	return &http.Response{StatusCode: status, Status: fmt.Sprint(status, " ", http.StatusText(status)), Header: headers(lines...),
		Body: io.NopCloser(strings.NewReader("ok")), ContentLength: 2}
}

// toward is a way out on which everything goes to one host.
func toward(f far) *outbound.Outbound {
	o := outbound.New(outbound.Config{Random: func() float64 { return 0.5 }})
	o.SendBy(f)
	return o
}

// get asks and says how it went: the status, or the error.
func get(ctx context.Context, client *http.Client, address string) string {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err.Error()
	}
	answer, err := client.Do(r)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, answer.Body)
	return fmt.Sprint(answer.StatusCode)
}

// window is a host that allows so many calls in each window and says so.
type window struct {
	mu      sync.Mutex
	limit   int
	span    time.Duration
	left    int
	reset   time.Time
	begun   []time.Time
	refused int
}

func (w *window) answer(*http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := hearth.SystemClock()
	if !now.Before(w.reset) {
		w.left, w.reset = w.limit, now.Add(w.span)
	}
	status := http.StatusOK
	if w.left == 0 {
		w.refused++
		status = http.StatusTooManyRequests
	} else {
		w.left--
		w.begun = append(w.begun, now)
	}
	return says(status, "Date: "+now.Format(http.TimeFormat), fmt.Sprint("X-RateLimit-Limit: ", w.limit),
		fmt.Sprint("X-RateLimit-Remaining: ", w.left), "X-RateLimit-Reset: "+w.reset.Format(time.RFC3339)), nil
}

func TestCallersWaitForALimitInsteadOfRunningIntoIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		host := &window{limit: 30, span: 5 * time.Minute}
		o := toward(host.answer)
		client := o.For(outbound.Web, outbound.Scope{Workspace: 1, Account: "source 1"})
		begun := hearth.SystemClock()
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				for range 30 {
					if got := get(t.Context(), client, "https://host.example/api"); got != "200" {
						t.Error(got)
					}
				}
			})
		}
		group.Wait()
		if host.refused > 0 || len(host.begun) != 90 {
			t.Errorf("%d calls were answered, %d refused", len(host.begun), host.refused)
		}
		if took := hearth.SystemClock().Sub(begun); took < 10*time.Minute || took > 16*time.Minute {
			t.Errorf("90 calls at 30 in five minutes took %s", took)
		}
		if totals := o.Totals(); totals.Waits == 0 || totals.Waited < 10*time.Minute {
			t.Errorf("the waits are not counted: %+v", totals)
		}
		// Towards the end of a window the calls are spread, not stopped dead.
		var longest time.Duration
		for i := range 29 {
			longest = max(longest, host.begun[i+1].Sub(host.begun[i]))
		}
		if longest > 2*time.Minute {
			t.Errorf("within a window, the longest pause is %s", longest)
		}
	})
}

func TestEachAccountAndRouteHasItsOwnLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := toward(func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Path, "/scarce") {
				return says(http.StatusOK, "X-Rate-Limit-Limit: 1", "X-Rate-Limit-Remaining: 0", "X-Rate-Limit-Reset: 600"), nil
			}
			return says(http.StatusOK, "X-Rate-Limit-Limit: 500", "X-Rate-Limit-Remaining: 400", "X-Rate-Limit-Reset: 600"), nil
		})
		one, two := o.For(outbound.Web, outbound.Scope{Account: "1"}), o.For(outbound.Web, outbound.Scope{Account: "2"})
		begun := hearth.SystemClock()
		took := func(client *http.Client, path string) time.Duration {
			if got := get(t.Context(), client, "https://host.example"+path); got != "200" {
				t.Errorf("%s: %s", path, got)
			}
			return hearth.SystemClock().Sub(begun)
		}
		took(one, "/plenty/1")
		took(one, "/scarce/1")
		if d := took(one, "/plenty/2"); d > 0 {
			t.Errorf("another limit of the account was waited for: %s", d)
		}
		if d := took(two, "/scarce/2"); d > 0 {
			t.Errorf("another account's limit was waited for: %s", d)
		}
		if d := took(one, "/scarce/3"); d < 10*time.Minute {
			t.Errorf("the limit was not waited for: %s", d)
		}
	})
}

func TestCallersGoInTheOrderTheyCame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		host := &window{limit: 1, span: time.Minute}
		var order []string
		o := toward(func(r *http.Request) (*http.Response, error) {
			order = append(order, r.URL.RawQuery)
			return host.answer(r)
		})
		client := o.Client(outbound.Web)
		var group sync.WaitGroup
		var want []string
		for i := range 8 {
			name := fmt.Sprint(i)
			want = append(want, name)
			group.Go(func() { get(t.Context(), client, "https://host.example/?"+name) })
			synctest.Wait() // until it waits in the line
		}
		if limits := o.Snapshot()[0].Limits; !slices.ContainsFunc(limits, func(l outbound.Limit) bool { return l.Waiting == 7 }) {
			t.Errorf("who waits is not shown: %+v", limits)
		}
		group.Wait()
		if !slices.Equal(order, want) {
			t.Errorf("the order is %v", order)
		}
	})
}

func TestWhoCannotWaitIsToldAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := toward(func(*http.Request) (*http.Response, error) {
			return says(http.StatusTooManyRequests, "Retry-After: 3600"), nil
		})
		client := o.Client(outbound.Web)
		begun := hearth.SystemClock()
		if got := get(t.Context(), client, "https://host.example/"); got != "429" {
			t.Errorf("the refusal is %s", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if got := get(ctx, client, "https://host.example/"); !strings.Contains(got, "wants no more calls until") {
			t.Errorf("told: %s", got)
		}
		if took := hearth.SystemClock().Sub(begun); took > 0 {
			t.Errorf("it took %s", took)
		}
		if l := o.Snapshot()[0].Limits[0]; l.Blocked.Sub(begun) != time.Hour {
			t.Errorf("shown as blocked until %s", l.Blocked)
		}
		// Whoever gives up while waiting is let go.
		given, stop := context.WithCancel(t.Context())
		done := make(chan string)
		go func() { done <- get(given, client, "https://host.example/") }()
		synctest.Wait()
		stop()
		if got := <-done; !strings.Contains(got, "canceled") {
			t.Errorf("given up: %s", got)
		}
	})
}

func TestARefusalWithoutAWordOfWhenIsWaitedForLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		o := toward(func(*http.Request) (*http.Response, error) {
			at = append(at, hearth.SystemClock())
			return says(http.StatusTooManyRequests), nil
		})
		for range 4 {
			get(t.Context(), o.Client(outbound.Web), "https://host.example/")
		}
		for i := 2; i < len(at); i++ {
			if a, b := at[i-1].Sub(at[i-2]), at[i].Sub(at[i-1]); b < a || b > 5*time.Minute {
				t.Errorf("after %s it waited %s", a, b)
			}
		}
		if len(at) < 6 {
			t.Errorf("only %d calls", len(at))
		}
	})
}

// proves OUT1: what changes something is sent once.
func TestReadingIsTriedAgainAndChangingIsNot(t *testing.T) {
	t.Parallel()
	faults := map[string]func() (*http.Response, error){
		"503":   func() (*http.Response, error) { return says(http.StatusServiceUnavailable), nil },
		"502":   func() (*http.Response, error) { return says(http.StatusBadGateway), nil },
		"429":   func() (*http.Response, error) { return says(http.StatusTooManyRequests, "Retry-After: 3"), nil },
		"reset": func() (*http.Response, error) { return nil, errors.New("connection reset by peer") },
	}
	for name, fault := range faults {
		synctest.Test(t, func(t *testing.T) {
			var calls atomic.Int32
			o := toward(func(*http.Request) (*http.Response, error) {
				if calls.Add(1) < 3 {
					return fault()
				}
				return says(http.StatusOK), nil
			})
			client := o.Client(outbound.Web)
			begun := hearth.SystemClock()
			if got := get(t.Context(), client, "https://host.example/"); got != "200" || calls.Load() != 3 {
				t.Errorf("%s: %s after %d calls", name, got, calls.Load())
			}
			if took := hearth.SystemClock().Sub(begun); name == "429" && took < 6*time.Second {
				t.Errorf("Retry-After was not obeyed: two waits took %s", took)
			}
			if totals := o.Totals(); totals.Retries != 2 || totals.Calls != 3 {
				t.Errorf("%s: counted %+v", name, totals)
			}
			for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodGet} {
				calls.Store(0)
				r, err := http.NewRequestWithContext(t.Context(), method, "https://other.example/", strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Idempotency-Key", "1")
				if answer, err := client.Do(r); err == nil {
					answer.Body.Close()
				}
				if calls.Load() != 1 {
					t.Errorf("%s: a %s with a body was sent %d times", name, method, calls.Load())
				}
			}
		})
	}
}

func TestTriesAgainHaveABudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		o := toward(func(*http.Request) (*http.Response, error) {
			calls++
			if calls%5 == 0 {
				return says(http.StatusOK), nil // so that the breaker stays closed
			}
			return says(http.StatusServiceUnavailable), nil
		})
		const asked = 200
		for range asked {
			get(t.Context(), o.Client(outbound.Web), "https://host.example/")
		}
		if retries := o.Totals().Retries; retries < 10 || retries > 10+asked/5 || int(retries)+asked != calls {
			t.Errorf("%d tries again for %d requests, %d calls", retries, asked, calls)
		}
	})
}

func TestAHostThatFailsIsLeftAloneUntilOneCallSaysItWorks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := true
		calls := 0
		o := toward(func(*http.Request) (*http.Response, error) {
			calls++
			time.Sleep(time.Second)
			if broken {
				return nil, errors.New("connection refused")
			}
			return says(http.StatusOK), nil
		})
		client := o.Client(outbound.Web)
		post := func() error {
			answer, err := client.Post("https://host.example/", "text/plain", strings.NewReader("x"))
			if err == nil {
				answer.Body.Close()
			}
			return err
		}
		for range 5 {
			post()
		}
		shown := func() outbound.Host { return o.Snapshot()[0] }
		if h := shown(); h.Breaker != outbound.Open || !strings.Contains(h.Reason, "refused") || h.RetryAt.IsZero() {
			t.Fatalf("after five failures: %+v", h)
		}
		begun := hearth.SystemClock()
		if err := post(); calls != 5 || hearth.ErrorCode(err) != hearth.Unavailable || hearth.SystemClock().Sub(begun) > 0 {
			t.Errorf("while open: %d calls, %v", calls, err)
		}
		if got := get(t.Context(), o.Client(outbound.Web), "https://zweite.example/"); strings.Contains(got, "in a row") {
			t.Errorf("another host: %s", got)
		}
		// It rests longer each time, but never longer than a minute.
		calls = 0
		for range 6 {
			time.Sleep(time.Until(shown().RetryAt))
			post()
			if h := shown(); h.Breaker != outbound.Open || time.Until(h.RetryAt) > time.Minute {
				t.Errorf("a failed probe leaves it %+v", h)
			}
		}
		if calls != 6 {
			t.Errorf("%d probes", calls)
		}
		// One probe at a time; when it is well, everybody may call.
		broken = false
		time.Sleep(time.Until(shown().RetryAt))
		calls = 0
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() { post() })
		}
		synctest.Wait()
		if calls != 1 || shown().Breaker != outbound.HalfOpen {
			t.Errorf("%d probes at once, %s", calls, shown().Breaker)
		}
		group.Wait()
		if h := shown(); h.Breaker != outbound.Closed || h.Reason != "" || post() != nil {
			t.Errorf("afterwards: %+v", h)
		}
	})
}

func TestAHostHasOnlySoManyCallsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		o := toward(func(r *http.Request) (*http.Response, error) {
			answer := says(http.StatusOK)
			if strings.Contains(r.URL.Path, "stream") {
				answer.Header.Set("Content-Type", "text/event-stream")
				return answer, nil
			}
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Second)
			now.Add(-1)
			return answer, nil
		})
		for range 20 { // streams stay open and take nobody's place
			r, err := o.Client(outbound.Stream).Get("https://host.example/stream")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
		}
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() { get(t.Context(), o.Client(outbound.Web), "https://host.example/") })
		}
		group.Wait()
		if most.Load() != 8 {
			t.Errorf("%d calls at once", most.Load())
		}
	})
}

func TestHostsAreForgottenAndNeverTooMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := toward(func(*http.Request) (*http.Response, error) { return says(http.StatusOK), nil })
		for i := range 5000 {
			get(t.Context(), o.Client(outbound.Web), fmt.Sprintf("https://h%d.example/", i))
		}
		if n := len(o.Snapshot()); n > 4097 {
			t.Errorf("%d hosts are remembered", n)
		}
		time.Sleep(time.Hour)
		get(t.Context(), o.Client(outbound.Web), "https://new.example/")
		if n := len(o.Snapshot()); n != 1 {
			t.Errorf("%d hosts are remembered after an hour", n)
		}
		if calls := o.Totals().Calls; calls != 5001 {
			t.Errorf("%d calls are counted", calls)
		}
	})
}

// proves IB1 for slow answers.
func TestAnAnswerThatStopsOrDripsIsGivenUp(t *testing.T) {
	t.Parallel()
	drip := func(every time.Duration, kind string) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			from, to := io.Pipe()
			go func() {
				for {
					if _, err := to.Write([]byte("x")); err != nil {
						return
					}
					select {
					case <-time.After(every):
					case <-r.Context().Done():
						to.CloseWithError(context.Cause(r.Context()))
						return
					}
				}
			}()
			answer := says(http.StatusOK)
			answer.Body, answer.ContentLength = from, -1
			answer.Header.Set("Content-Type", kind)
			return answer, nil
		}
	}
	for _, c := range []struct {
		purpose outbound.Purpose
		every   time.Duration
		kind    string
		after   time.Duration
		says    string
	}{
		{outbound.Web, time.Hour, "text/html", 20 * time.Second, "nothing came for 20s"},
		{outbound.Web, time.Second, "text/html", time.Minute, "took longer than 1m0s"},
		{outbound.Web, time.Second, "text/event-stream", time.Minute, "took longer than 1m0s"},
		{outbound.Stream, time.Second, "application/json", time.Minute, "took longer than 1m0s"},
		{outbound.Stream, time.Minute, "text/event-stream; charset=utf-8", time.Hour, "deadline exceeded"},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := toward(drip(c.every, c.kind))
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://host.example/", nil)
			if err != nil {
				t.Fatal(err)
			}
			begun := hearth.SystemClock()
			answer, err := o.Client(c.purpose).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			_, err = io.Copy(io.Discard, answer.Body)
			if took := hearth.SystemClock().Sub(begun); err == nil || !strings.Contains(err.Error(), c.says) || took != c.after {
				t.Errorf("%s, %s each %s: given up after %s with %v", c.purpose, c.kind, c.every, took, err)
			}
			if running := o.Snapshot()[0].Running; running != 0 {
				t.Errorf("%d calls still hold a place", running)
			}
		})
	}
}
