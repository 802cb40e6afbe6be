package hearth

import "time"

// ParseTime reads an RFC 3339 time with zone, as posts carry it, and gives it
// in UTC; digits beyond the nanosecond are dropped. It is not ok for days and
// times that are none (leap seconds among them), and for any other notation.
func ParseTime(s string) (t time.Time, ok bool) {
	if len(s) < len("2006-01-02T15:04:05Z") ||
		s[4] != '-' || s[7] != '-' || s[10]|0x20 != 't' || s[13] != ':' || s[16] != ':' {
		return t, false
	}
	year, month, day := number(s[0:4]), number(s[5:7]), number(s[8:10])
	hour, minute, second := number(s[11:13]), number(s[14:16]), number(s[17:19])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ||
		uint(hour) > 23 || uint(minute) > 59 || uint(second) > 59 {
		return t, false
	}
	nanos, s, ok := fraction(s[19:])
	if !ok {
		return t, false
	}
	offset, ok := zone(s)
	if !ok {
		return t, false
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second-offset, nanos, time.UTC)
	return t, 0 <= t.Year() && t.Year() <= 9999
}

// number is the value of two or four digits, less than 0 for anything else.
func number(s string) (n int) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func daysIn(year, month int) int {
	if month == 2 && (year%4 != 0 || year%100 == 0 && year%400 != 0) {
		return 28
	}
	return [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// fraction reads the part of a second that s may begin with, in nanoseconds.
func fraction(s string) (nanos int, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	s = s[1:]
	scale := 100_000_000
	digits := 0
	for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' {
		nanos += int(s[digits]-'0') * scale
		scale /= 10
		digits++
	}
	return nanos, s[digits:], digits > 0
}

// zone reads Z or ±hh:mm, in seconds.
func zone(s string) (seconds int, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != len("+00:00") || s[3] != ':' || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hours, minutes := number(s[1:3]), number(s[4:6])
	if uint(hours) > 23 || uint(minutes) > 59 {
		return 0, false
	}
	seconds = hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}
