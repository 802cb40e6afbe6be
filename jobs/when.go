package jobs

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines that have no list of them

	"hearth"
)

// When says at which times something begins. Make one with ParseWhen.
type When struct {
	every  time.Duration // 0: by the clock on the wall
	days   [7]bool       // by time.Weekday
	minute int           // of the day
}

const (
	shortest = time.Minute
	longest  = 366 * 24 * time.Hour
)

var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

const whenHelp = "Write it as “every 15m”, “every 6h”, “daily 03:30” or “weekly mon,thu 09:00”."

// ParseWhen reads one of three forms:
//
//	every 15m            each quarter of an hour of UTC: at least a minute, at most 366 days
//	daily 03:30          each day when the clock on the wall shows that
//	weekly mon,thu 9:00  on those days
func ParseWhen(text string) (When, error) {
	word, rest, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case "every":
		d, err := time.ParseDuration(rest)
		if err != nil || d < shortest || d > longest {
			return When{}, badWhen(text)
		}
		return When{every: d}, nil
	case "daily":
		minute, ok := parseMinute(rest)
		if !ok {
			return When{}, badWhen(text)
		}
		return When{days: [7]bool{true, true, true, true, true, true, true}, minute: minute}, nil
	case "weekly":
		names, at, _ := strings.Cut(rest, " ")
		minute, ok := parseMinute(strings.TrimSpace(at))
		days, known := parseDays(names)
		if !ok || !known {
			return When{}, badWhen(text)
		}
		return When{days: days, minute: minute}, nil
	}
	return When{}, badWhen(text)
}

func badWhen(text string) error {
	return &hearth.Error{Code: hearth.Invalid, Field: "when", Message: fmt.Sprintf("%.60q is no time of a schedule. %s", text, whenHelp)}
}

func parseDays(names string) (days [7]bool, ok bool) {
	for _, name := range strings.Split(names, ",") {
		found := false
		for i, known := range weekdays {
			if name == known {
				days[i], found = true, true
			}
		}
		if !found {
			return days, false
		}
	}
	return days, true
}

// parseMinute reads 3:30 or 03:30.
func parseMinute(text string) (int, bool) {
	hours, minutes, ok := strings.Cut(text, ":")
	if !ok || len(hours) < 1 || len(hours) > 2 || len(minutes) != 2 {
		return 0, false
	}
	h, err1 := strconv.ParseUint(hours, 10, 8)
	m, err2 := strconv.ParseUint(minutes, 10, 8)
	if err1 != nil || err2 != nil || h > 23 || m > 59 {
		return 0, false
	}
	return int(h)*60 + int(m), true
}

// String is the form that ParseWhen reads.
func (w When) String() string {
	if w.every > 0 {
		return "every " + shortDuration(w.every)
	}
	at := fmt.Sprintf("%02d:%02d", w.minute/60, w.minute%60)
	var names []string
	for i := range 7 {
		if day := (i + 1) % 7; w.days[day] { // the week begins on Monday
			names = append(names, weekdays[day])
		}
	}
	if len(names) == 7 {
		return "daily " + at
	}
	return "weekly " + strings.Join(names, ",") + " " + at
}

// shortDuration writes 6h0m0s as 6h.
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// occurrence is one time at which a schedule begins.
type occurrence struct {
	at  time.Time
	day int // its day on the wall, as 20261101; 0 of those that go by duration
}

// after is the first occurrence after another one: later, and, by the wall, on
// a later day, so that a change of zone or of the clocks gives no day two.
func (w When) after(last occurrence, zone *time.Location) occurrence {
	if w.every > 0 {
		return occurrence{at: w.floor(last.at).Add(w.every)}
	}
	for d := civil(last.at.In(zone)).AddDate(0, 0, -2); ; d = d.AddDate(0, 0, 1) {
		if o := w.on(d, zone); w.days[d.Weekday()] && o.day > last.day && o.at.After(last.at) {
			return o
		}
	}
}

// latest is the last occurrence that is not after now.
func (w When) latest(now time.Time, zone *time.Location) occurrence {
	if w.every > 0 {
		return occurrence{at: w.floor(now)}
	}
	for d := civil(now.In(zone)).AddDate(0, 0, 2); ; d = d.AddDate(0, 0, -1) {
		if o := w.on(d, zone); w.days[d.Weekday()] && !o.at.After(now) {
			return o
		}
	}
}

// floor is the multiple of the duration since 1970 that is not after t.
func (w When) floor(t time.Time) time.Time {
	us, every := t.UnixMicro(), w.every.Microseconds()
	return time.UnixMicro(us - ((us%every)+every)%every).UTC()
}

// period is the longest time from one occurrence to the next.
func (w When) period() time.Duration {
	if w.every > 0 {
		return w.every
	}
	const day, shift = 24 * time.Hour, 3 * time.Hour // the most that clocks are moved by
	most, since := 0, 0
	for i := range 14 {
		if since++; w.days[i%7] {
			most, since = max(most, since), 0
		}
	}
	return time.Duration(most)*day + shift
}

// on is the occurrence of a day.
func (w When) on(day time.Time, zone *time.Location) occurrence {
	wall := day.Add(time.Duration(w.minute) * time.Minute)
	y, m, d := day.Date()
	return occurrence{at: instant(wall, zone), day: y*10000 + int(m)*100 + d}
}

// civil is a wall's day as midnight in UTC.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// instant is when the clock on the wall of a zone shows what wall shows in UTC.
// What it shows twice is the first time; what it never shows, because the
// clocks are put forward over it, is the moment at which they are.
func instant(wall time.Time, zone *time.Location) time.Time {
	const widest = 26 * time.Hour // offsets lie between -12 and +14 hours
	for t := wall.Add(-widest).In(zone); ; {
		_, offset := t.Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		_, end := t.ZoneBounds()
		if end.IsZero() || at.Before(end) {
			start, _ := t.ZoneBounds()
			if !start.IsZero() && at.Before(start) {
				return start.UTC() // it fell between this span and the one before
			}
			return at.UTC()
		}
		t = end.In(zone)
	}
}
