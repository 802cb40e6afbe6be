package outbound_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth/outbound"
)

// headers reads "Name: value" lines.
func headers(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

func TestEveryConventionOfLimitsIsRead(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	const date = "Date: Sun, 22 Nov 2026 10:00:00 GMT"
	for _, c := range []struct {
		name             string
		headers          []string
		limit, remaining float64
		reset            time.Duration
	}{
		{"Bluesky", []string{date, "RateLimit-Limit: 3000", "RateLimit-Remaining: 2999", "RateLimit-Reset: 1795341900", "RateLimit-Policy: 3000;w=300"}, 3000, 2999, 5 * time.Minute},
		{"the older draft of the IETF", []string{"RateLimit-Limit: 100", "RateLimit-Remaining: 50", "RateLimit-Reset: 30"}, 100, 50, 30 * time.Second},
		{"Mastodon", []string{date, "X-RateLimit-Limit: 300", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 2026-11-22T10:02:30.123456Z"}, 300, 0, 150123456 * time.Microsecond},
		{"Mastodon with another clock", []string{"Date: Sun, 22 Nov 2026 09:00:00 GMT", "X-RateLimit-Limit: 300", "X-RateLimit-Remaining: 1", "X-RateLimit-Reset: 2026-11-22T09:00:30Z"}, 300, 1, 30 * time.Second},
		{"X", []string{date, "x-rate-limit-limit: 450", "x-rate-limit-remaining: 3", "x-rate-limit-reset: 1795342500"}, 450, 3, 15 * time.Minute},
		{"Reddit", []string{"x-ratelimit-used: 5", "x-ratelimit-remaining: 595.0", "x-ratelimit-reset: 42"}, 600, 595, 42 * time.Second},
		{"Discord", []string{date, "X-RateLimit-Limit: 5", "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 1795341610.250", "X-RateLimit-Reset-After: 1.5", "X-RateLimit-Bucket: abcd"}, 5, 0, 1500 * time.Millisecond},
		{"milliseconds", []string{date, "X-RateLimit-Limit: 5", "X-RateLimit-Remaining: 2", "X-RateLimit-Reset: 1795341610250"}, 5, 2, 10250 * time.Millisecond},
		{"the newer draft of the IETF", []string{`RateLimit-Policy: "burst";q=100;w=60, "day";q=1000;w=86400`, `RateLimit: "burst";r=80;t=20, "day";r=10;t=3600`}, 1000, 10, time.Hour},
		{"Meta", []string{`X-App-Usage: {"call_count":28,"total_time":25,"total_cputime":80}`}, 100, 20, 0},
		{"Meta for business", []string{`X-Business-Use-Case-Usage: {"12":[{"type":"pages","call_count":100,"total_cputime":25,"total_time":25,"estimated_time_to_regain_access":2}]}`}, 100, 0, 2 * time.Minute},
		{"a reset too far away", []string{date, "X-RateLimit-Limit: 5", "X-RateLimit-Remaining: 2", "X-RateLimit-Reset: 2036-11-22T10:00:00Z"}, 5, 2, 24 * time.Hour},
		{"a reset that was", []string{date, "X-RateLimit-Limit: 5", "X-RateLimit-Remaining: 2", "X-RateLimit-Reset: 2026-11-22T09:00:00Z"}, 5, 2, 0},
	} {
		_, limit, remaining, reset, ok := outbound.Announced(headers(c.headers...), now)
		in := time.Duration(0)
		if !reset.IsZero() {
			in = reset.Sub(now)
		}
		if !ok || limit != c.limit || remaining != c.remaining || in.Round(time.Microsecond) != c.reset {
			t.Errorf("%s: %v of %v in %v (%v)", c.name, remaining, limit, in, ok)
		}
	}
	for _, lines := range [][]string{
		{}, {"X-RateLimit-Remaining: many"}, {"X-RateLimit-Remaining: -1"}, {"X-RateLimit-Remaining: NaN"}, {"RateLimit-Remaining: Inf"},
		{"X-App-Usage: full"}, {`RateLimit: "a";t=3`}, {"X-RateLimit-Limit: 10"},
	} {
		if _, limit, remaining, _, ok := outbound.Announced(headers(lines...), now); ok {
			t.Errorf("%q announces %v of %v", lines, remaining, limit)
		}
	}
}

func TestRetryAfterIsReadAndBelievedForADay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "0": 0, "1.5": 1500 * time.Millisecond, "Sun, 22 Nov 2026 10:00:30 GMT": 30 * time.Second,
		"999999999": 24 * time.Hour, "Sun, 22 Nov 2076 10:00:30 GMT": 24 * time.Hour, "Sun, 22 Nov 2016 10:00:30 GMT": 0,
	} {
		if got := outbound.RetryAfter(headers("Retry-After: "+value), now).Sub(now); got != want {
			t.Errorf("%s: in %v, want %v", value, got, want)
		}
	}
	for _, value := range []string{"", "soon", "-5"} {
		if got := outbound.RetryAfter(headers("Retry-After: "+value), now); !got.IsZero() {
			t.Errorf("%q is read as %v", value, got)
		}
	}
}

// FuzzAnnounced proves that no header makes us wait for more than a day, or
// count with what is no number.
func FuzzAnnounced(f *testing.F) {
	f.Add("300", "299", "2026-11-22T10:02:30Z", "Sun, 22 Nov 2026 10:00:00 GMT", `"a";r=1;t=2`, `{"call_count":3}`)
	f.Add("1e300", "0.5", "1e17", "x", `;;=;,,"";r`, `{"a":[{"call_count":1e9,"estimated_time_to_regain_access":1e99}]}`)
	f.Fuzz(func(t *testing.T, limit, remaining, reset, date, structured, usage string) {
		now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		for _, h := range []http.Header{
			{"X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset}, "Date": {date}},
			{"Ratelimit": {structured}, "Ratelimit-Policy": {structured}}, {"X-App-Usage": {usage}, "X-Business-Use-Case-Usage": {usage}},
		} {
			bucket, limit, remaining, reset, ok := outbound.Announced(h, now)
			if !ok {
				continue
			}
			if !(limit >= 0) || !(remaining >= 0) || len(bucket) > 200 {
				t.Errorf("%v of %v in %q", remaining, limit, bucket)
			}
			if !reset.IsZero() && (reset.Before(now) || reset.After(now.Add(24*time.Hour))) {
				t.Errorf("a reset at %v", reset)
			}
		}
	})
}
