package query

import (
	"strconv"
	"strings"
)

// readOp reads a comparison sign before a number or date.
func readOp(s string) (Op, string) {
	for _, o := range [...]struct {
		sign string
		op   Op
	}{{">=", AtLeast}, {"<=", AtMost}, {">", Over}, {"<", Under}} {
		if rest, ok := strings.CutPrefix(s, o.sign); ok {
			return o.op, rest
		}
	}
	return Equal, s
}

// show writes a comparison in the canonical form.
func (op Op) show(from, to string) string {
	switch op {
	case Over:
		return ">" + from
	case AtLeast:
		return ">=" + from
	case Under:
		return "<" + from
	case AtMost:
		return "<=" + from
	case Between:
		return "[" + from + " TO " + to + "]"
	}
	return from
}

func readCounts(f *field, op Op, from, to string) (Value, bool) {
	a, ok := readCount(f, from)
	b, ok2 := readCount(f, to)
	return CountValue{op, a, b}, ok && ok2 && a <= b
}

func readCount(f *field, s string) (int64, bool) {
	if len(s) < 1 || len(s) > 15 || !allDigits(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n <= int64(f.most)
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Holds says that a count of a post meets the comparison.
func (v CountValue) Holds(n int64) bool {
	switch v.Op {
	case Over:
		return n > v.From
	case AtLeast:
		return n >= v.From
	case Under:
		return n < v.From
	case AtMost:
		return n <= v.From
	case Between:
		return v.From <= n && n <= v.To
	}
	return n == v.From
}

func (v CountValue) String() string { return v.Op.show(v.ends()) }
func (v CountValue) words(b *phrasebook) string {
	from, to := v.ends()
	return b.numbers.say(v.Op, b.number(from), b.number(to))
}
func (v CountValue) cost() int { return 1 }

func (v CountValue) ends() (string, string) {
	return strconv.FormatInt(v.From, 10), strconv.FormatInt(v.To, 10)
}

func readDecimals(f *field, op Op, from, to string) (Value, bool) {
	a, ok := readDecimal(f, from)
	b, ok2 := readDecimal(f, to)
	return DecimalValue{op, a, b}, ok && ok2 && a <= b
}

// readDecimal reads -, up to 9 digits, and a point with up to 9 more.
func readDecimal(f *field, s string) (float64, bool) {
	digits := strings.TrimPrefix(s, "-")
	whole, rest, point := strings.Cut(digits, ".")
	if whole == "" || len(whole) > 9 || !allDigits(whole) || len(rest) > 9 || !allDigits(rest) || point && rest == "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if v == 0 {
		v = 0 // not −0
	}
	return v, err == nil && f.least <= v && v <= f.most
}

// Holds says that a number of a post meets the comparison.
func (v DecimalValue) Holds(n float64) bool {
	switch v.Op {
	case Over:
		return n > v.From
	case AtLeast:
		return n >= v.From
	case Under:
		return n < v.From
	case AtMost:
		return n <= v.From
	case Between:
		return v.From <= n && n <= v.To
	}
	return n == v.From
}

func (v DecimalValue) String() string { return v.Op.show(v.ends()) }
func (v DecimalValue) words(b *phrasebook) string {
	from, to := v.ends()
	return b.numbers.say(v.Op, b.number(from), b.number(to))
}
func (v DecimalValue) cost() int { return 1 }

func (v DecimalValue) ends() (string, string) { return decimal(v.From), decimal(v.To) }

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
