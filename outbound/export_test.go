package outbound

import (
	"net/http"
	"time"
)

// Announced is what an answer announces, for tests of the table.
func Announced(h http.Header, now time.Time) (bucket string, limit, remaining float64, reset time.Time, ok bool) {
	a, ok := announced(h, now)
	return a.bucket, a.limit, a.remaining, a.reset, ok
}

// RetryAfter is when an answer wants the next request.
func RetryAfter(h http.Header, now time.Time) time.Time { return retryAfter(h, now) }

// SendBy lets all requests go to another transport than the network.
func (o *Outbound) SendBy(t http.RoundTripper) {
	for _, p := range []Purpose{Web, Stream} {
		o.reading[p], o.changing[p] = t, t
	}
}
