package youtube

import (
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// quota counts the units that were used since midnight in California, where the
// quota's day begins. The count is in the session's cache.
type quota struct {
	s     *network.Session
	most  int // units a day
	place *time.Location

	began time.Time // the look at hand
	used  int       // units used when it began
}

const quotaKey = "youtube quota"

func newQuota(s *network.Session) quota {
	most, _ := strconv.Atoi(s.Settings["quota"])
	place, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		place = time.FixedZone("Pacific time", -8*3600)
	}
	return quota{s: s, most: most, place: place}
}

// today is the units used so far.
func (q *quota) today() int {
	value, _ := q.s.Cache.Get(quotaKey)
	day, units, _ := strings.Cut(value, " ")
	used, err := strconv.Atoi(units)
	if err != nil || day != q.day() {
		return 0
	}
	return used
}

func (q *quota) set(used int) { q.s.Cache.Put(quotaKey, q.day()+" "+strconv.Itoa(used)) }

func (q *quota) day() string { return q.s.Clock().In(q.place).Format("2006-01-02") }

// renewed is when the next day begins.
func (q *quota) renewed() time.Time {
	y, m, d := q.s.Clock().In(q.place).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, q.place)
}

// spend counts a unit, or refuses it.
func (q *quota) spend() error {
	used := q.today()
	if used >= q.most {
		return hearth.Errorf(hearth.Unavailable, "The %d units of YouTube's daily quota are used up; reading goes on at %s. Give the source a longer interval or fewer channels and videos.",
			q.most, q.renewed().UTC().Format("15:04 UTC"))
	}
	q.set(used + 1)
	return nil
}

// exhaust notes that YouTube says that nothing is left: others use the key too.
func (q *quota) exhaust() error {
	q.set(q.most)
	return hearth.Errorf(hearth.Unavailable, "The daily quota of the API key is used up, by this source and whoever else uses the key; reading goes on at %s.",
		q.renewed().UTC().Format("15:04 UTC"))
}

// pause is how long to wait before the next look, so that looks like the last
// one can go on until the quota is renewed.
func (q *quota) pause() time.Duration {
	now, used := q.s.Clock(), q.today()
	cost := used - q.used
	if q.began.IsZero() || cost <= 0 || used >= q.most {
		return 0
	}
	each := q.renewed().Sub(now) / time.Duration(q.most-used)
	return q.began.Add(time.Duration(cost) * each).Sub(now)
}

// begin notes that a look begins.
func (q *quota) begin() { q.began, q.used = q.s.Clock(), q.today() }
