package db

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"

	"hearth"
)

// Many runs an INSERT for many rows as if for each by itself, in any order, and
// says how many rows it wrote. query is the statement for one row, with one
// VALUES (…) of plain parameters and constants; args are the parameters of the
// first row, then of the second and so on: numbers, texts, blobs, nil, in one
// column always of one kind. SQLite runs it for some rows at a time, PostgreSQL
// for all in one round trip, where ON CONFLICT DO UPDATE may meet no row twice.
func (tx *Tx) Many(query string, args []any) (written int64, err error) {
	head, row, tail, err := cutValues(query)
	if err != nil {
		return 0, err
	}
	width := strings.Count(row, "?")
	if width == 0 || len(args)%width != 0 {
		return 0, hearth.Errorf(hearth.Internal, "%d arguments do not fill rows of %d.", len(args), width)
	}
	for len(args) > 0 {
		rows := len(args) / width
		text, some := "", args
		if tx.c.engine.shared() {
			if rows > manyRows {
				rows, some = manyRows, args[:manyRows*width]
			}
			text, some, err = unnested(head, row, tail, width, some)
			if err != nil {
				return written, err
			}
		} else {
			rows = chunkOf(rows)
			text, some = tx.c.repeated(query, head, row, tail, rows), args[:rows*width]
		}
		args = args[rows*width:]
		done, err := tx.Exec(text, some...)
		if err != nil {
			return written, err
		}
		n, err := done.RowsAffected()
		if written += n; err != nil {
			return written, err
		}
	}
	return written, nil
}

// manyRows is how many rows go to PostgreSQL at once, as the arrays of their
// columns. SQLite gets them in chunks of a few sizes, each a statement that is
// compiled once: one for 32 rows costs half of what these cost one by one.
const manyRows = 4096

func chunkOf(rows int) int {
	for _, size := range [...]int{32, 8} {
		if rows >= size {
			return size
		}
	}
	return 1
}

// cutValues cuts a statement into what stands before the row of values, the row
// without its brackets, and what stands behind.
func cutValues(query string) (head, row, tail string, err error) {
	head, rest, found := strings.Cut(query, "VALUES (")
	row, tail, closed := strings.Cut(rest, ")")
	if !found || !closed || strings.ContainsAny(row, "('") {
		return "", "", "", hearth.Errorf(hearth.Internal, "%.80q has no plain row of values.", query)
	}
	return head, row, tail, nil
}

// repeated is a statement for so many rows.
func (c *conn) repeated(query, head, row, tail string, rows int) string {
	if rows == 1 {
		return query
	}
	key := chunked{query, rows}
	if text, ok := c.chunks[key]; ok {
		return text
	}
	if c.chunks == nil || len(c.chunks) >= maxStatements {
		c.chunks = make(map[chunked]string)
	}
	text := head + "VALUES " + strings.Repeat("("+row+"), ", rows-1) + "(" + row + ")" + tail
	c.chunks[key] = text
	return text
}

// chunked names the text for a number of rows.
type chunked struct {
	query string
	rows  int
}

// unnested is a statement for any number of rows, and the arrays of their
// columns.
func unnested(head, row, tail string, width int, args []any) (string, []any, error) {
	arrays := make([]any, width)
	kinds, names := make([]string, width), make([]string, width)
	for i := range arrays {
		array, kind, err := columnOf(args, i, width)
		if err != nil {
			return "", nil, err
		}
		arrays[i] = array
		kinds[i], names[i] = "?::"+kind+"[]", "v"+strconv.Itoa(i+1)
		row = strings.Replace(row, "?", names[i], 1)
	}
	text := head + "SELECT " + row + " FROM unnest(" + strings.Join(kinds, ", ") + ") AS many (" + strings.Join(names, ", ") + ")"
	return text + tail, arrays, nil
}

// columnOf collects one column as an array and names its type.
func columnOf(args []any, i, width int) (array any, kind string, err error) {
	rows := len(args) / width
	var ints []*int64
	var texts []*string
	var blobs [][]byte
	kinds := 0
	for r := range rows {
		v, err := driver.DefaultParameterConverter.ConvertValue(args[r*width+i])
		if err != nil {
			return nil, "", err
		}
		if b, ok := v.(bool); ok {
			v = int64(0)
			if b {
				v = int64(1)
			}
		}
		switch x := v.(type) {
		case nil:
		case int64:
			if ints == nil {
				ints, kinds = make([]*int64, rows), kinds+1
			}
			ints[r] = &x
		case string:
			if texts == nil {
				texts, kinds = make([]*string, rows), kinds+1
			}
			x = storable(x)
			texts[r] = &x
		case []byte:
			if blobs == nil {
				blobs, kinds = make([][]byte, rows), kinds+1
			}
			if x == nil {
				continue
			}
			blobs[r] = x
		default:
			return nil, "", fmt.Errorf("a column of many rows cannot hold a %T", v)
		}
	}
	switch {
	case kinds > 1:
		return nil, "", hearth.Errorf(hearth.Internal, "Column %d of many rows holds values of several kinds.", i+1)
	case ints != nil:
		return ints, "bigint", nil
	case blobs != nil:
		return blobs, "bytea", nil
	case texts != nil:
		return texts, "text", nil
	}
	return make([]*string, rows), "text", nil
}
