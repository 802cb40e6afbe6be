package query

import (
	"strings"
	"time"

	"hearth"
)

// readDates reads a date or the two ends of a range.
func readDates(op Op, from, to string) (Value, bool) {
	a, ok := readDate(from)
	b, ok2 := readDate(to)
	v := DateValue{op, a, b}
	return v, ok && ok2 && a.Start.Before(b.after())
}

// readDate reads 2024-05-31, or RFC 3339 to the nanosecond without leap
// seconds, in the years 1 to 9999 of UTC.
func readDate(s string) (Date, bool) {
	if len(s) == len(time.DateOnly) {
		t, err := time.Parse(time.DateOnly, s)
		return Date{t, true}, err == nil && t.Year() >= 1
	}
	const longest = len("2006-01-02T15:04:05.999999999+00:00")
	t, ok := hearth.ParseTime(s)
	return Date{t, false}, ok && t.Year() >= 1 && len(s) <= longest && !tooFine(s)
}

// tooFine says that a time has more than nine decimals.
func tooFine(s string) bool {
	_, fraction, _ := strings.Cut(s, ".")
	return len(strings.TrimRight(fraction, "Zz")) > 9 && strings.IndexAny(fraction, "Zz+-") > 9
}

// after is the first moment that is no longer in the date.
func (d Date) after() time.Time {
	if d.Day {
		return d.Start.Add(24 * time.Hour)
	}
	return d.Start.Add(1)
}

// Holds says that the moment of a post meets the comparison.
func (v DateValue) Holds(t time.Time) bool {
	from := !t.Before(v.From.Start)
	switch v.Op {
	case Over:
		return !t.Before(v.From.after())
	case AtLeast:
		return from
	case Under:
		return !from
	case AtMost:
		return t.Before(v.From.after())
	case Between:
		return from && t.Before(v.To.after())
	}
	return from && t.Before(v.From.after())
}

func (d Date) String() string {
	if d.Day {
		return d.Start.Format(time.DateOnly)
	}
	return d.Start.Format("2006-01-02T15:04:05.999999999Z")
}

func (v DateValue) String() string { return v.Op.show(v.From.String(), v.To.String()) }
func (v DateValue) cost() int      { return 1 }

func (v DateValue) words(b *phrasebook) string {
	compare := &b.moments
	if v.From.Day {
		compare = &b.days
	}
	return compare.say(v.Op, b.date(v.From), b.date(v.To))
}
