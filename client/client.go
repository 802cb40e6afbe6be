package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hearth"
)

// Client speaks with one server.
type Client struct {
	base string // without a closing slash, with /api
	key  string
	in   int64  // workspace; 0: the first
	of   int64  // brand; 0: all
	why  string // see Because
	http *http.Client
}

// Options of a client. The zero value is good for a server that asks for no key.
type Options struct {
	Key       string            // the server's own, or an API key
	Workspace int64             // in which the server's own key acts; 0: the first
	Brand     int64             // that is looked at, with those below it; 0: all
	Cookies   http.CookieJar    // keeps the session of a person who signs in; nil: nobody can
	HTTP      http.RoundTripper // nil: http.DefaultTransport; streams need one without a time limit
}

// New makes a client of the server at address, such as http://127.0.0.1:8787.
// It does not connect.
func New(address string, o Options) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, hearth.Errorf(hearth.Invalid, "The server's address must look like http://127.0.0.1:8787, not %q.", address)
	}
	return &Client{
		base: strings.TrimSuffix(u.String(), "/") + "/api",
		key:  o.Key,
		in:   o.Workspace,
		of:   o.Brand,
		http: &http.Client{
			Transport:     o.HTTP,
			Jar:           o.Cookies,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// OfBrand is the client looking at a brand and those below it only; 0 is all.
func (c *Client) OfBrand(brand int64) *Client {
	narrow := *c
	narrow.of = brand
	return &narrow
}

// Address is where the server is, as New was told.
func (c *Client) Address() string { return strings.TrimSuffix(c.base, "/api") }

// largestAnswer bounds what is read of an answer that is no stream.
const largestAnswer = 256 << 20

// call sends in, if any, as JSON and reads the answer into out, if any.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		document, err := Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(document)
	}
	answer, err := c.send(ctx, method, path, body, "application/json")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if out == nil || answer.StatusCode == http.StatusNoContent {
		_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, largestAnswer))
		return err
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, largestAnswer)).Decode(out); err != nil {
		return c.broken(ctx, err)
	}
	return nil
}

// send gives the answer of a request that succeeded; the caller closes its body.
func (c *Client) send(ctx context.Context, method, path string, body io.Reader, kind string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "The request cannot be sent: %v.", err)
	}
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	if c.in != 0 {
		r.Header.Set("Hearth-Workspace", strconv.FormatInt(c.in, 10))
	}
	if c.why != "" {
		r.Header.Set("Hearth-Because", url.QueryEscape(c.why))
	}
	if c.of != 0 {
		r.Header.Set("Hearth-Brand", strconv.FormatInt(c.of, 10))
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	defer answer.Body.Close()
	return nil, problem(answer)
}

// broken words a failure of the connection.
func (c *Client) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var known *hearth.Error
	if errors.As(err, &known) {
		return err
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return hearth.Errorf(hearth.Unavailable, "The server at %s does not answer: %v.", c.Address(), err)
}

// Problem is the answer to a request that failed (RFC 9457).
type Problem struct {
	Type   string `json:"type,omitempty"`
	Title  string `json:"title" doc:"The kind of trouble, in words"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"What went wrong and what to do"`
	Code   string `json:"code" doc:"Stable name of the kind of trouble" enum:"invalid,not-found,denied,conflict,too-many,unavailable,damaged,internal"`
	Field  string `json:"field,omitempty" doc:"The input at fault"`

	Diagnostics []Diagnostic `json:"diagnostics,omitempty" doc:"Of a query that has errors"`
}

// QueryError is the error of a request whose query has errors.
type QueryError struct {
	Err         *hearth.Error
	Diagnostics []Diagnostic
}

func (e *QueryError) Error() string { return e.Err.Error() }

// Unwrap gives the plain error, with code and sentence.
func (e *QueryError) Unwrap() error { return e.Err }

func problem(answer *http.Response) error {
	var p Problem
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&p); err != nil || p.Detail == "" {
		return hearth.Errorf(hearth.Internal, "The server answered %s.", answer.Status)
	}
	return p.err()
}

func (p *Problem) err() error {
	e := &hearth.Error{Code: hearth.Code(p.Code), Message: p.Detail, Field: p.Field}
	if e.Code == "" {
		e.Code = hearth.Internal
	}
	if len(p.Diagnostics) > 0 {
		return &QueryError{Err: e, Diagnostics: p.Diagnostics}
	}
	return e
}
