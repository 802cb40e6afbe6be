package feed

import (
	"strings"
	"time"
)

// skip is when a feed does not want to be asked: skipHours and skipDays of RSS
// (rssboard.org/skip-hours-days), in UTC.
type skip struct {
	hours uint32 // bit n: the hour n
	days  uint8  // bit n: time.Weekday n
}

const (
	allHours = 1<<24 - 1
	allDays  = 1<<7 - 1
)

// skipped reads the head of a feed. One that never wants to be asked is not
// heard.
func skipped(head string) (s skip) {
	for _, text := range elements(textOf(head, "skipHours"), "hour") {
		if n, ok := wholeNumber(text); ok {
			s.hours |= 1 << (n % 24) // 24 is another name of 0
		}
	}
	for _, text := range elements(textOf(head, "skipDays"), "day") {
		for day := time.Sunday; day <= time.Saturday; day++ {
			if strings.EqualFold(strings.TrimSpace(text), day.String()) {
				s.days |= 1 << day
			}
		}
	}
	if s.hours &= allHours; s.hours == allHours {
		s.hours = 0
	}
	if s.days == allDays {
		s.days = 0
	}
	return s
}

// after is the first time from t on that is not skipped.
func (s skip) after(t time.Time) time.Time {
	if s == (skip{}) {
		return t
	}
	for range 8 * 24 {
		u := t.UTC()
		if s.hours&(1<<u.Hour()) == 0 && s.days&(1<<u.Weekday()) == 0 {
			return t
		}
		t = u.Truncate(time.Hour).Add(time.Hour)
	}
	return t
}

// elements are the texts of the elements of this name, at most a hundred.
func elements(s, name string) (list []string) {
	for len(list) < 100 {
		_, rest, ok := strings.Cut(s, "<"+name+">")
		if !ok {
			break
		}
		text, rest, ok := strings.Cut(rest, "</"+name+">")
		if !ok {
			break
		}
		list, s = append(list, text), rest
	}
	return list
}
