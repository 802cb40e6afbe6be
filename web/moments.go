package web

import (
	"strconv"
	"time"
)

// moment is a time as a page shows it.
type moment struct {
	ISO   string // for machines
	Ago   string // "3 h ago"
	Exact string // to the second, in the zone of whoever looks
	Day   string
}

// when words a time for whoever looks; the zero time is "never".
func (v *visit) when(t time.Time) moment {
	if t.IsZero() {
		return moment{Ago: v.say("time.never")}
	}
	local := t.In(v.zone)
	return moment{
		ISO: t.UTC().Format("2006-01-02T15:04:05Z"), Ago: v.ago(t),
		Exact: v.day(local) + v.say("time.at") + local.Format("15:04:05 MST"), Day: v.day(local),
	}
}

// ago says how long ago it was, or the day where that is long.
func (v *visit) ago(t time.Time) string {
	d := v.now.Sub(t)
	switch {
	case d < -time.Minute:
		return v.day(t.In(v.zone)) + v.say("time.at") + t.In(v.zone).Format("15:04")
	case d < 5*time.Second:
		return v.say("time.now")
	case d < time.Minute:
		return v.say("time.seconds", "n", int(d.Seconds()))
	case d < time.Hour:
		return v.say("time.minutes", "n", int(d.Minutes()))
	case d < 24*time.Hour:
		return v.say("time.hours", "n", int(d.Hours()))
	case d < 7*24*time.Hour:
		return v.say("time.days", "n", int(d.Hours()/24))
	}
	return v.day(t.In(v.zone))
}

// span words a length of time.
func (v *visit) span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return v.say("span.seconds", "n", int(d.Seconds()))
	case d < time.Hour:
		return v.say("span.minutes", "n", int(d.Minutes()))
	case d < 48*time.Hour:
		return v.say("span.hours", "n", int(d.Hours()))
	}
	return v.say("span.days", "n", int(d.Hours()/24))
}

var months = map[string][12]string{
	"en": {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	"de": {"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."},
}

// day writes a date as the language does, without the year where it is this
// one. The time is in the zone of whoever looks.
func (v *visit) day(t time.Time) string {
	day, month, year := strconv.Itoa(t.Day()), int(t.Month()), strconv.Itoa(t.Year())
	this := t.Year() == v.now.In(v.zone).Year()
	var s string
	switch v.words.lang {
	case "fi":
		if s = day + "." + strconv.Itoa(month) + "."; !this {
			s += year
		}
	case "zh":
		if s = strconv.Itoa(month) + "月" + day + "日"; !this {
			s = year + "年" + s
		}
	case "de":
		if s = day + ". " + months["de"][month-1]; !this {
			s += " " + year
		}
	default:
		if s = day + " " + months["en"][month-1]; !this {
			s += " " + year
		}
	}
	return s
}
