package youtube

import (
	"testing"
	"time"

	"hearth"
	"hearth/network"
)

// mapCache is a cache for one goroutine.
type mapCache map[string]string

func (c mapCache) Get(key string) (string, bool) { v, ok := c[key]; return v, ok }
func (c mapCache) Put(key, value string)         { c[key] = value }

func TestLooksAreSpreadOverWhatIsLeftOfTheDay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC) // noon in California, 12 hours are left
	s := &network.Session{Settings: map[string]string{"quota": "1000"}, Clock: func() time.Time { return now }, Cache: mapCache{}}
	q := newQuota(s)
	q.set(280)
	if d := q.pause(); d != 0 {
		t.Errorf("a first look waits %v", d)
	}
	q.begin()
	for range 10 {
		if err := q.spend(); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Minute)
	// 710 units for 11 h 59 min are one in about 60.8 s; ten of them, a minute of which has passed
	if d := q.pause(); d < 540*time.Second || d > 555*time.Second {
		t.Errorf("after a look of ten calls the next one comes in %v", d)
	}
	if got := q.renewed().UTC(); !got.Equal(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("the quota is renewed at %v", got)
	}
	q.exhaust()
	if err := q.spend(); hearth.ErrorCode(err) != hearth.Unavailable {
		t.Errorf("got %v", err)
	}
	now = now.Add(12 * time.Hour)
	if err := q.spend(); err != nil || q.today() != 1 {
		t.Errorf("the next day: %v, %d used", err, q.today())
	}
}
