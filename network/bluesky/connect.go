package bluesky

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/coder/websocket"
	"github.com/klauspost/compress/zstd"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
	"hearth/outbound"
)

const (
	subscribeEvents = "/xrpc/network.bsky.jetstream.subscribeEvents"
	subscribe       = "/subscribe"
	getDictionary   = "/xrpc/network.bsky.jetstream.getZstdDictionary"

	maxFrame      = 4 << 20 // bytes of one event; a record is at most 1 MB
	maxDictionary = 1 << 20
	dialTimeout   = 15 * time.Second
)

// link is a connection to one host.
type link struct {
	ws      *websocket.Conn
	at      place // version and host
	resume  resumption
	unzip   *zstd.Decoder // nil: frames come as they are
	buf     []byte
	unziped []byte
}

// avoidedKey is what the cache remembers the host by that was connected to last
// and sent nothing: it is tried last, for all its answering.
const avoidedKey = "bluesky silent host"

// connect dials the hosts one after the other, the one of the cursor first,
// until one answers.
func connect(ctx context.Context, s *network.Session, from place) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, 4*dialTimeout)
	defer cancel()
	var silent silence
	avoided, _ := s.Cache.Get(avoidedKey)
	for _, endpoint := range endpoints(s.Settings["endpoint"], from.host, avoided) {
		for _, version := range versions(s.Settings["protocol"]) {
			l, err := dial(ctx, s, endpoint, version, from)
			if err == nil {
				return l, nil
			}
			silent.add(endpoint.Host, err)
			if !wrongProtocol(err) {
				break
			}
		}
	}
	return nil, hearth.Errorf(hearth.Unavailable, "Bluesky does not answer: %s.", silent)
}

// silence says in one sentence why no host answered: hosts with the same
// trouble stand together, and what only a program would say is left out.
type silence []trouble

type trouble struct {
	hosts  []string
	reason string
}

func (s *silence) add(host string, err error) {
	reason := reasonOf(err)
	for i := range *s {
		if t := &(*s)[i]; t.reason == reason {
			if !slices.Contains(t.hosts, host) {
				t.hosts = append(t.hosts, host)
			}
			return
		}
	}
	*s = append(*s, trouble{[]string{host}, reason})
}

func (s silence) String() string {
	var parts []string
	for _, t := range s {
		parts = append(parts, strings.Join(t.hosts, ", ")+" ("+t.reason+")")
	}
	return strings.Join(parts, "; ")
}

// reasonOf is the innermost cause of a failed dial.
func reasonOf(err error) string {
	var name *net.DNSError
	var ours *hearth.Error
	var system syscall.Errno
	switch {
	case errors.As(err, &ours):
		return strings.TrimSuffix(ours.Message, ".")
	case errors.As(err, &name):
		return "the name cannot be resolved; is this machine online?"
	case errors.As(err, &system):
		return system.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	}
	return strings.TrimPrefix(err.Error(), "failed to WebSocket dial: ")
}

func versions(protocol string) []int {
	switch protocol {
	case "v1":
		return []int{1}
	case "v2":
		return []int{2}
	}
	return []int{2, 1}
}

// endpoints are the configured ones, preferred first and avoided last.
func endpoints(setting, preferred, avoided string) []*url.URL {
	var first, others, last []*url.URL
	for _, s := range strings.Split(setting, ",") {
		u, err := parseEndpoint(s)
		switch {
		case err != nil: // checked when it was set
		case u.Host == avoided:
			last = append(last, u)
		case u.Host == preferred:
			first = append(first, u)
		default:
			others = append(others, u)
		}
	}
	return slices.Concat(first, others, last)
}

// parseEndpoint reads one address of a Jetstream host.
func parseEndpoint(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, hearth.Errorf(hearth.Invalid, "%q is not an address like wss://jetstream1.us-east.bsky.network.", s)
	}
	switch u.Scheme {
	case "ws", "http":
		u.Scheme = "http"
	case "wss", "https":
		u.Scheme = "https"
	default:
		return nil, hearth.Errorf(hearth.Invalid, "%q must begin with wss://, ws://, https:// or http://.", s)
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// dial opens the stream at the given place. Where the host has forgotten the
// number of the place it is asked by time, and the loss is noted.
func dial(ctx context.Context, s *network.Session, endpoint *url.URL, version int, from place) (*link, error) {
	l := &link{at: place{version: version, host: endpoint.Host}}
	cursor, bySeq := from.query(version, endpoint.Host)
	l.resume = resumption{from: from, bySeq: bySeq, proven: from.version == 0}

	query := url.Values{}
	path := subscribeEvents
	if version == 2 {
		query["collections"] = []string{postCollection}
		query["kinds"] = []string{"commit", "identity", "account", "sync"}
	} else {
		path = subscribe
		query.Set("wantedCollections", postCollection)
	}
	if err := l.compress(ctx, s, endpoint, query); err != nil {
		return nil, err
	}
	for {
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		err := l.open(ctx, s.HTTP, endpoint.JoinPath(path).String()+"?"+query.Encode())
		var refused *refusal
		if errors.As(err, &refused) && refused.name == "CursorTooOld" && l.resume.bySeq {
			l.resume.lost = "The host keeps events for a limited time and has dropped the oldest ones since listening stopped."
			l.resume.bySeq = false
			cursor = strconv.FormatInt(from.micros, 10)
			continue
		}
		if err != nil {
			l.close()
			return nil, err
		}
		return l, nil
	}
}

// refusal is an answer of the host other than a stream.
type refusal struct {
	status        int
	name, message string
}

func (r *refusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("HTTP status %d %s %s", r.status, r.name, r.message))
}

// wrongProtocol says whether the host does not speak this version.
func wrongProtocol(err error) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	switch r.name {
	case "CursorTooOld", "UnknownZstdDictionary":
		return false
	}
	switch r.status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

func (l *link) open(ctx context.Context, client *http.Client, address string) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	options := &websocket.DialOptions{HTTPClient: client}
	if l.at.version == 2 {
		options.Subprotocols = []string{"xrpc.v1.json"}
	}
	ws, answer, err := websocket.Dial(ctx, address, options)
	if err != nil {
		if answer != nil && answer.StatusCode != http.StatusSwitchingProtocols {
			return readRefusal(answer)
		}
		return err
	}
	ws.SetReadLimit(-1) // frame does that, without ending the connection
	l.ws = ws
	return nil
}

// readRefusal reads the error that an xrpc answer carries.
func readRefusal(answer *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	refused := &refusal{status: answer.StatusCode}
	var r jsonread.Reader
	r.Reset(string(body))
	if r.TryObject() {
		for r.Next() {
			switch r.Key() {
			case "error":
				refused.name = r.TryText()
			case "message":
				refused.message = r.TryText()
			}
		}
	}
	return refused
}

// compress asks for compressed frames where that is wanted. Version 2 hands
// out its dictionary; version 1 uses a fixed one, which must be given.
func (l *link) compress(ctx context.Context, s *network.Session, endpoint *url.URL, query url.Values) error {
	if s.Settings["compression"] != "on" {
		return nil
	}
	var dictionary []byte
	var err error
	if l.at.version == 2 {
		dictionary, err = fetchDictionary(ctx, s.HTTP, endpoint.JoinPath(getDictionary).String())
	} else if name := s.Settings["dictionary"]; name != "" {
		dictionary, err = readDictionary(name)
	} else {
		return nil
	}
	if err != nil {
		return err
	}
	if l.unzip, err = zstd.NewReader(nil, zstd.WithDecoderDicts(dictionary), zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxMemory(maxFrame), zstd.WithDecoderMaxWindow(8<<20)); err != nil {
		return fmt.Errorf("using the host's zstd dictionary: %w", err)
	}
	if l.at.version == 1 {
		query.Set("compress", "true")
		return nil
	}
	inspected, err := zstd.InspectDictionary(dictionary)
	if err != nil {
		return fmt.Errorf("using the host's zstd dictionary: %w", err)
	}
	query.Set("zstdDictionary", strconv.FormatUint(uint64(inspected.ID()), 10))
	return nil
}

func fetchDictionary(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, readRefusal(answer)
	}
	return outbound.ReadAll(answer.Body, maxDictionary)
}

func readDictionary(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "The zstd dictionary cannot be read: %v.", err)
	}
	defer file.Close()
	return outbound.ReadAll(file, maxDictionary)
}

var errTooLong = errors.New("the frame is longer than 4 MiB")

// frame reads the next frame; it is valid until the next call. bad says why a
// frame cannot be used though the stream goes on; then frame is its beginning.
func (l *link) frame(ctx context.Context) (frame []byte, bad, err error) {
	kind, r, err := l.ws.Reader(ctx)
	if err != nil {
		return nil, nil, err
	}
	l.buf = l.buf[:0]
	for {
		if len(l.buf) == cap(l.buf) {
			if cap(l.buf) >= maxFrame {
				break
			}
			l.buf = append(l.buf, make([]byte, max(4<<10, cap(l.buf)))...)[:len(l.buf)]
		}
		n, err := r.Read(l.buf[len(l.buf):cap(l.buf)])
		l.buf = l.buf[:len(l.buf)+n]
		if err == io.EOF {
			return l.unzipped(kind)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(r, 16*maxFrame)); err != nil {
		return nil, nil, err
	}
	return l.buf, errTooLong, nil
}

func (l *link) unzipped(kind websocket.MessageType) (frame []byte, bad, err error) {
	if kind == websocket.MessageText {
		return l.buf, nil, nil
	}
	if l.unzip == nil {
		return l.buf, errors.New("the frame is binary, but none was asked for"), nil
	}
	l.unziped, err = l.unzip.DecodeAll(l.buf, l.unziped[:0])
	if err != nil {
		return l.buf, fmt.Errorf("the frame cannot be decompressed: %w", err), nil
	}
	return l.unziped, nil, nil
}

// hangUp ends the connection, and with it a frame that is being read.
func (l *link) hangUp() {
	if l.ws != nil {
		l.ws.CloseNow()
	}
}

// close gives everything back; nothing may be reading any more.
func (l *link) close() {
	l.hangUp()
	if l.unzip != nil {
		l.unzip.Close()
	}
}
