package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// pgConnector makes connections of pgx that behave as SQLite's do where the
// two differ: any bytes may stand in a text, a truth is 1 or 0, and a statement
// may run while the rows of another are being read. For the last, rows are read
// to their end at once.
type pgConnector struct{ driver.Connector }

func (p pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	plain, ok := c.(*stdlib.Conn)
	if !ok {
		return nil, errors.Join(errors.New("pgx gave an unknown kind of connection"), c.Close())
	}
	return &pgConn{plain}, nil
}

type pgConn struct{ *stdlib.Conn }

func (c *pgConn) pg() *pgconn.PgConn { return c.Conn.Conn().PgConn() }

// CheckNamedValue implements driver.NamedValueChecker.
func (c *pgConn) CheckNamedValue(v *driver.NamedValue) (err error) {
	if array, ok := arrayOf(v.Value); ok {
		v.Value = array
		return nil
	}
	if v.Value, err = driver.DefaultParameterConverter.ConvertValue(v.Value); err != nil {
		return err
	}
	switch x := v.Value.(type) {
	case bool:
		v.Value = int64(0)
		if x {
			v.Value = int64(1)
		}
	case string:
		v.Value = storable(x)
	}
	return nil
}

func (c *pgConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.Conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	plain, ok := s.(*stdlib.Stmt)
	if !ok {
		return nil, errors.Join(errors.New("pgx gave an unknown kind of statement"), s.Close())
	}
	return &pgStmt{plain}, nil
}

func (c *pgConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.Conn.QueryContext(ctx, query, args)
	return readAll(rows, err)
}

type pgStmt struct{ *stdlib.Stmt }

func (s *pgStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.Stmt.QueryContext(ctx, args)
	return readAll(rows, err)
}

// pgRows is rows in memory.
type pgRows struct {
	columns []string
	values  []driver.Value // of all rows, one after the other
	broken  error          // what ended the rows early
}

func readAll(rows driver.Rows, err error) (driver.Rows, error) {
	if err != nil {
		return nil, err
	}
	r := &pgRows{columns: rows.Columns()}
	row := make([]driver.Value, len(r.columns))
	for {
		if err = rows.Next(row); err != nil {
			break
		}
		for i, v := range row {
			if s, ok := v.(string); ok {
				row[i] = stored(s)
			}
		}
		r.values = append(r.values, row...)
	}
	if closed := rows.Close(); !errors.Is(err, io.EOF) {
		r.broken = err
	} else {
		r.broken = closed
	}
	return r, nil
}

func (r *pgRows) Columns() []string { return r.columns }

func (r *pgRows) Close() error {
	r.values = nil
	return nil
}

func (r *pgRows) Next(row []driver.Value) error {
	switch {
	case len(r.values) >= len(row) && len(row) > 0:
		copy(row, r.values)
		r.values = r.values[len(row):]
		return nil
	case r.broken != nil:
		return r.broken
	}
	return io.EOF
}
