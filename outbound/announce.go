package outbound

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hearth"
)

// convention is one way in which hosts announce their limits: the names of the
// headers. Their values tell themselves apart; see when.
type convention struct {
	limit, remaining, used, reset, after, bucket string
}

// conventions are looked for in this order; the first that is there counts.
//
//   - Discord counts down in X-RateLimit-Reset-After and names its buckets.
//   - Mastodon writes X-RateLimit-Reset as a time (RFC 3339), others as seconds
//     since 1970.
//   - Reddit has X-Ratelimit-Used and counts Reset down in seconds.
//   - X writes X-Rate-Limit with one more dash, and seconds since 1970.
//   - The older drafts of the IETF (draft-ietf-httpapi-ratelimit-headers-07) have
//     RateLimit-Limit, -Remaining and -Reset in seconds left; Bluesky writes
//     seconds since 1970 there.
var conventions = []convention{
	{limit: "X-RateLimit-Limit", remaining: "X-RateLimit-Remaining", used: "X-RateLimit-Used", reset: "X-RateLimit-Reset", after: "X-RateLimit-Reset-After", bucket: "X-RateLimit-Bucket"},
	{limit: "X-Rate-Limit-Limit", remaining: "X-Rate-Limit-Remaining", reset: "X-Rate-Limit-Reset"},
	{limit: "RateLimit-Limit", remaining: "RateLimit-Remaining", reset: "RateLimit-Reset", bucket: "RateLimit-Policy"},
}

// longestBlock is the most that a host is believed about when to come back.
const longestBlock = 24 * time.Hour

// announcement is what an answer says of a limit.
type announcement struct {
	bucket    string // which limit, as far as it can be told
	limit     float64
	remaining float64
	reset     time.Time // zero: not said
}

// announced reads the limit that an answer announces, by our own clock: times
// are corrected by the answer's Date. Numbers that make no sense announce
// nothing.
func announced(h http.Header, now time.Time) (announcement, bool) {
	for _, c := range conventions {
		if a, ok := c.read(h, now); ok {
			return a, true
		}
	}
	if a, ok := structured(h, now); ok {
		return a, true
	}
	return usage(h, now)
}

func (c *convention) read(h http.Header, now time.Time) (a announcement, ok bool) {
	if a.remaining, ok = number(h.Get(c.remaining)); !ok {
		return a, false
	}
	if a.limit, ok = number(h.Get(c.limit)); !ok {
		used, _ := number(h.Get(c.used))
		a.limit = a.remaining + used
	}
	if left, ok := number(h.Get(c.after)); c.after != "" && ok {
		a.reset = now.Add(bounded(left))
	} else {
		a.reset = when(h.Get(c.reset), h, now)
	}
	if c.bucket != "" {
		a.bucket = shorten(h.Get(c.bucket))
	}
	if a.bucket == "" {
		a.bucket = strconv.FormatFloat(a.limit, 'f', -1, 64)
	}
	return a, true
}

// structured reads the newer drafts of the IETF
// (draft-ietf-httpapi-ratelimit-headers-10): RateLimit: "name";r=50;t=30, with
// the quota in RateLimit-Policy: "name";q=100;w=60. Of several limits, the one
// that is nearest to its end counts.
func structured(h http.Header, now time.Time) (a announcement, ok bool) {
	quotas := map[string]float64{}
	for name, parameters := range items(h.Values("RateLimit-Policy")) {
		quotas[name] = parameters["q"]
	}
	for name, parameters := range items(h.Values("RateLimit")) {
		remaining, known := parameters["r"]
		if !known {
			continue
		}
		this := announcement{bucket: name, limit: max(quotas[name], remaining), remaining: remaining}
		if left, known := parameters["t"]; known {
			this.reset = now.Add(bounded(left))
		}
		if !ok || share(this) < share(a) || share(this) == share(a) && this.bucket < a.bucket {
			a, ok = this, true
		}
	}
	return a, ok
}

func share(a announcement) float64 { return a.remaining / max(a.limit, 1) }

// items reads a list of structured fields as far as limits need it: names with
// parameters that are numbers.
func items(values []string) map[string]map[string]float64 {
	const most = 16
	list := map[string]map[string]float64{}
	for _, item := range strings.SplitN(strings.Join(values, ","), ",", most) {
		parts := strings.SplitN(item, ";", most)
		parameters := map[string]float64{}
		for _, p := range parts[1:] {
			key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
			if n, ok := number(value); ok {
				parameters[key] = n
			}
		}
		list[shorten(strings.Trim(strings.TrimSpace(parts[0]), `"`))] = parameters
	}
	return list
}

// usage reads the percentages that Meta sends: X-App-Usage and
// X-Business-Use-Case-Usage. They have no reset, but the latter says how many
// minutes to wait once everything is used up.
func usage(h http.Header, now time.Time) (a announcement, ok bool) {
	type shares struct {
		Calls float64 `json:"call_count"`
		Time  float64 `json:"total_time"`
		CPU   float64 `json:"total_cputime"`
		Wait  float64 `json:"estimated_time_to_regain_access"` // minutes
	}
	var all []shares
	var app shares
	if text := h.Get("X-App-Usage"); text != "" && json.Unmarshal([]byte(text), &app) == nil {
		all = append(all, app)
	}
	var cases map[string][]shares
	if text := h.Get("X-Business-Use-Case-Usage"); text != "" && json.Unmarshal([]byte(text), &cases) == nil {
		for _, list := range cases {
			all = append(all, list...)
		}
	}
	var used, wait float64
	for _, s := range all {
		used = max(used, s.Calls, s.Time, s.CPU)
		wait = max(wait, s.Wait)
	}
	a = announcement{bucket: "usage", limit: 100, remaining: max(0, 100-used)}
	if wait > 0 {
		a.reset = now.Add(bounded(wait * 60))
	}
	return a, len(all) > 0
}

// number reads a number that is not negative.
func number(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return n, err == nil && n >= 0 && n < 1e16
}

// bounded is so many seconds, at most longestBlock.
func bounded(seconds float64) time.Duration {
	return time.Duration(min(seconds, longestBlock.Seconds()) * float64(time.Second))
}

// when reads a time in any of the ways that hosts write it: RFC 3339, as in
// HTTP, milliseconds or seconds since 1970, or seconds from now. It is zero
// where there is none, and never later than longestBlock from now.
func when(s string, h http.Header, now time.Time) time.Time {
	const (
		milliseconds = 1e12 // as seconds, the year 33658
		seconds      = 1e9  // as seconds from now, 31 years
	)
	at, ok := hearth.ParseTime(s)
	if !ok {
		n, isNumber := number(s)
		switch {
		case !isNumber:
			var err error
			if at, err = http.ParseTime(s); err != nil {
				return time.Time{}
			}
		case n >= milliseconds:
			at = time.UnixMilli(int64(min(n, 1e15)))
		case n >= seconds:
			at = time.Unix(int64(n), 0)
		default:
			return now.Add(bounded(n))
		}
	}
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		theirs = now
	}
	return now.Add(bounded(max(0, at.Sub(theirs).Seconds())))
}

// retryAfter reads Retry-After (RFC 9110, 10.2.3): when the host wants the next
// request. Zero: it does not say.
func retryAfter(h http.Header, now time.Time) time.Time { return when(h.Get("Retry-After"), h, now) }
