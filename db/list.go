package db

import (
	"database/sql/driver"
	"math/bits"
	"strings"
)

// Ints, Texts and Blobs are arguments that stand for a list of values, so that
// one statement asks about many rows, which on PostgreSQL takes one round trip
// instead of as many. An empty list holds nothing. There are two places for it:
//
//	… WHERE x IN (?...)             x is the first column of an index
//	SELECT list.column1, (SELECT … WHERE w = ? AND x = list.column1) FROM (?...) AS list
//
// The second looks each value up by itself, whatever a planner believes: beside
// another column of the index, IN may be read as a filter of all rows that have
// that column, as long as the server does not know how many these are. No
// parameter of the statement is numbered.
type (
	Ints  []int64
	Texts []string
	Blobs [][]byte
)

// listMark is where a list stands in a statement, tableMark what stands before it
// where it is a table.
const (
	listMark  = "?..."
	tableMark = "FROM ("
)

// spread gives a list's values for SQLite, a parameter each. Their number is
// rounded up to a power of two, so that few statements serve all lengths: the
// last value stands as often as is needed, and for an empty list NULL, which
// equals nothing.
func spread(query string, args []any) (string, []any) {
	var text strings.Builder
	flat := make([]any, 0, 2*len(args))
	for _, arg := range args {
		from := len(flat)
		switch list := arg.(type) {
		case Ints:
			for _, v := range list {
				flat = append(flat, v)
			}
		case Texts:
			for _, v := range list {
				flat = append(flat, v)
			}
		case Blobs:
			for _, v := range list {
				flat = append(flat, v)
			}
		default:
			flat = append(flat, arg)
			continue
		}
		n := len(flat) - from
		if n == 0 {
			flat = append(flat, nil)
			n = 1
		}
		most := 1 << bits.Len(uint(n-1))
		for ; n < most; n++ {
			flat = append(flat, flat[len(flat)-1])
		}
		before, rest, found := strings.Cut(query, listMark)
		if !found {
			break // SQLite will say that there are too many arguments
		}
		text.WriteString(before)
		if strings.HasSuffix(before, tableMark) {
			text.WriteString("VALUES " + strings.Repeat("(?), ", most-1) + "(?)")
		} else {
			text.WriteString(strings.Repeat("?, ", most-1) + "?")
		}
		query = rest
	}
	text.WriteString(query)
	return text.String(), flat
}

// lists turns both places into PostgreSQL's words.
func lists(query string, args []any) string {
	query = strings.ReplaceAll(query, "IN ("+listMark+")", "= ANY (?)")
	for _, arg := range args {
		kind := ""
		switch arg.(type) {
		case Ints:
			kind = "bigint"
		case Texts:
			kind = "text"
		case Blobs:
			kind = "bytea"
		default:
			continue
		}
		query = strings.Replace(query, tableMark+listMark, tableMark+"SELECT unnest(?::"+kind+"[]) AS column1", 1)
	}
	return query
}

// arrayOf is a list as pgx takes it.
func arrayOf(v driver.Value) (driver.Value, bool) {
	switch list := v.(type) {
	case Ints:
		return []int64(list), true
	case Blobs:
		return [][]byte(list), true
	case Texts:
		texts := make([]string, len(list))
		for i, s := range list {
			texts[i] = storable(s)
		}
		return texts, true
	case []*int64, []*string, []int64, []string, [][]byte:
		return v, true
	}
	return nil, false
}
