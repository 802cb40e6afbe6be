package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"go.yaml.in/yaml/v3"

	"hearth"
	"hearth/db"
	"hearth/disk"
	"hearth/network"
	"hearth/outbound"
	"hearth/replay"
)

// Settings is everything an operator decides. Each has a flag, an environment
// variable, a line in the configuration file and a default, taken in this
// order; the tags say which, and the command line reads its flags from them.
type Settings struct {
	Place
	Serving
}

// Place is the settings of every command: where Hearth is.
type Place struct {
	Data   string `name:"data" env:"HEARTH_DATA" default:"hearth-data" placeholder:"DIR" help:"The directory with everything Hearth keeps."`
	DB     string `name:"db" env:"HEARTH_DB" placeholder:"URL" help:"Keep sources, monitors and posts in this PostgreSQL database, postgres://USER@HOST/NAME, instead of files of the data directory. The password may come from PGPASSWORD or a password file."`
	File   string `name:"config" env:"HEARTH_CONFIG" placeholder:"FILE" help:"The configuration file; hearth.yaml in the data directory if it is there."`
	Server string `name:"server" env:"HEARTH_SERVER" placeholder:"URL" help:"Speak with the server at this address instead of the one on the data directory. Its key comes from HEARTH_KEY."`
}

// Serving is the settings of a server.
type Serving struct {
	Listen      string        `name:"listen" env:"HEARTH_LISTEN" default:"127.0.0.1:8787" placeholder:"ADDRESS" help:"Where to listen; port 0 takes a free one."`
	Public      bool          `name:"public" env:"HEARTH_PUBLIC" help:"Allow other machines to connect. Everything then needs the key, the status page too."`
	Address     string        `name:"address" env:"HEARTH_ADDRESS" placeholder:"URL" help:"How people reach Hearth, such as https://hearth.acme.example. Links lead there; cookies are bound to TLS where it begins with https."`
	Proxies     []string      `name:"trusted-proxies" env:"HEARTH_TRUSTED_PROXIES" sep:"," placeholder:"CIDR" help:"Proxies whose X-Forwarded-For is believed, such as 10.0.0.1/32; nobody's if it is empty."`
	Host        []string      `name:"host" env:"HEARTH_HOST" sep:"," placeholder:"NAME" help:"Names under which a public server is reached."`
	Allow       []string      `name:"allow" env:"HEARTH_ALLOW" sep:"," placeholder:"CIDR:PORT" help:"Targets that sources may reach though they are not on the public internet, such as 10.0.0.0/8:443 or 127.0.0.1:*."`
	Webhooks    string        `name:"webhooks" env:"HEARTH_WEBHOOKS" placeholder:"ADDRESS" help:"Where to take what networks send by themselves, such as 127.0.0.1:8788; nowhere if it is empty."`
	WebhooksURL string        `name:"webhooks-url" env:"HEARTH_WEBHOOKS_URL" placeholder:"URL" help:"The public address of that listener, such as https://hooks.acme.example."`
	SMTP        string        `name:"smtp" env:"HEARTH_SMTP" placeholder:"URL" help:"Where mails of alerts are handed in: smtps://USER@HOST:465, or smtp://USER@HOST:587 for STARTTLS. No mails if it is empty."`
	SMTPFrom    string        `name:"smtp-from" env:"HEARTH_SMTP_FROM" placeholder:"ADDRESS" help:"The sender of these mails, such as hearth@acme.example."`
	SMTPSecret  string        `name:"smtp-password-file" env:"HEARTH_SMTP_PASSWORD_FILE" placeholder:"FILE" help:"The file with the password of the mail server."`
	Replay      time.Duration `name:"replay" env:"HEARTH_REPLAY" default:"0s" placeholder:"TIME" help:"Keep every post that was read this long, at most 168h, so that new monitors find it; 0s keeps none."`
	ReplaySize  string        `name:"replay-size" env:"HEARTH_REPLAY_SIZE" default:"20GB" placeholder:"SIZE" help:"How much disk these posts may take; the oldest go first."`
	Drain       time.Duration `name:"drain" env:"HEARTH_DRAIN" default:"25s" placeholder:"TIME" help:"How long a stop may take to finish what has begun."`
	Pprof       bool          `name:"pprof" env:"HEARTH_PPROF" help:"Serve profiles of the running program below /debug/pprof/, to those who may see the status page."`
	DiskLimits  string        `name:"disk-limits" env:"HEARTH_DISK_LIMITS" default:"10%/20GB,5%/10GB,2%/4GB" placeholder:"A,B,C" help:"Free room below which the past is not searched, webhooks are refused, and nothing new is kept: shares of the disk, amounts such as 20GB, or the smaller of both."`
	DiskReserve string        `name:"disk-reserve" env:"HEARTH_DISK_RESERVE" default:"64MB" placeholder:"SIZE" help:"Room set aside for erasing and stopping when the disk is full."`
	Log         string        `name:"log" env:"HEARTH_LOG" default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL" help:"How much to log: ${enum}."`
}

// home is where the databases are, for db.At.
func (p *Place) home() string {
	if p.DB != "" {
		return p.DB
	}
	return p.Data
}

// Config is all that a server is built from.
type Config struct {
	Settings

	Clock    hearth.Clock      // nil: the machine's
	Random   io.Reader         // of keys; nil: the system's
	Logger   *slog.Logger      // nil: to standard error, at Settings.Log
	Networks []network.Network // nil: all of them
	Version  string

	// Accept takes stores that do not belong together for the installation from
	// now on, instead of refusing them.
	Accept bool

	openPages bool // on loopback the pages are open for reading though somebody owns Hearth
}

// Explained is one setting and where its value comes from.
type Explained struct {
	Name    string
	Value   string
	From    string // default, file, environment or flag
	Default string
	Env     string
	Help    string
	Problem string // "" where nothing is wrong
}

// Origins of a setting's value.
const (
	fromDefault = "default"
	fromFlag    = "flag"
)

// Load puts the settings together from the flags that were given (by name), the
// environment and the configuration file. The explanations are complete even if
// the settings are wrong; the error is then the first problem.
func Load(given map[string]string, getenv func(string) string) (Settings, []Explained, error) {
	var s Settings
	l := loader{given: given, getenv: getenv}
	l.fields(reflect.ValueOf(&s.Place).Elem())
	l.fields(reflect.ValueOf(&s.Serving).Elem())
	data, _, _ := l.value("data", nil)
	file, _, named := l.value("config", nil)
	if file == "" {
		file = filepath.Join(data, "hearth.yaml")
	}
	written, err := readFile(file, named)
	l.problem(err, "config")
	for _, f := range l.list {
		text, from, _ := l.value(f.name, written)
		if from == fromDefault && f.name == "config" && written != nil {
			text = file
		}
		f.explain(text, from)
		if err := f.set(text); err != nil {
			l.problem(err, f.name)
		}
	}
	for name := range written {
		if l.find(name) == nil {
			l.problem(hearth.Errorf(hearth.Invalid, "%s: there is no setting %q.", file, name), "config")
		}
	}
	if l.err == nil {
		name, err := s.check()
		l.problem(err, name)
	}
	return s, l.explained(), l.err
}

// check looks at what settings mean together, and names the one at fault.
func (s *Settings) check() (name string, err error) {
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return "listen", hearth.Errorf(hearth.Invalid, "Write the address as HOST:PORT, such as 127.0.0.1:8787, not %q.", s.Listen)
	}
	if !s.Public && !loopback(host) {
		return "listen", hearth.Errorf(hearth.Invalid, "%s can be reached from other machines. Say --public if you mean that; everything then needs the key.", s.Listen)
	}
	if name, err := s.checkAddress(); err != nil {
		return name, err
	}
	if name, err := s.checkWebhooks(); err != nil {
		return name, err
	}
	if name, err := s.checkMail(); err != nil {
		return name, err
	}
	if s.Drain < 0 || s.Drain > 10*time.Minute {
		return "drain", hearth.Errorf(hearth.Invalid, "The time to drain must be between 0s and 10m.")
	}
	if s.Replay < 0 || s.Replay > replay.MaxAge {
		return "replay", hearth.Errorf(hearth.Invalid, "The replay window must be between 0s and 168h long: what is erased must be off the disk within a week.")
	}
	if n, err := humanize.ParseBytes(s.ReplaySize); err != nil || n < leastReplay || n > mostReplay {
		return "replay-size", hearth.Errorf(hearth.Invalid, "Write the size of the replay window like 20GB, at least 10MB, not %q.", s.ReplaySize)
	}
	if _, err := exceptions(s.Allow); err != nil {
		return "allow", err
	}
	if _, err := disk.ParseLimits(s.DiskLimits); err != nil {
		return "disk-limits", err
	}
	if n, err := humanize.ParseBytes(s.DiskReserve); err != nil || n > mostReserve {
		return "disk-reserve", hearth.Errorf(hearth.Invalid, "Write the room to set aside like 64MB, at most 10GB, not %q.", s.DiskReserve)
	}
	if s.Data == "" {
		return "data", hearth.Errorf(hearth.Invalid, "The data directory is needed.")
	}
	if s.DB != "" && !db.IsURL(s.DB) {
		return "db", hearth.Errorf(hearth.Invalid, "Write the database as postgres://USER@HOST/NAME. For files in a directory say --data instead.")
	}
	if s.Server != "" {
		if u, err := url.Parse(s.Server); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return "server", hearth.Errorf(hearth.Invalid, "Write the server's address like http://127.0.0.1:8787, not %q.", s.Server)
		}
	}
	return "", nil
}

// What the replay window may take.
const (
	leastReplay = 10_000_000
	mostReplay  = 1 << 50
)

// mostReserve is what an operator may have set aside.
const mostReserve = 10_000_000_000

// reserve is the room to set aside, in bytes; check has read it.
func (s *Settings) reserve() int64 {
	n, err := humanize.ParseBytes(s.DiskReserve)
	if err != nil {
		return 0
	}
	return int64(n)
}

// exceptions are the targets that the operator allows.
func exceptions(list []string) (allow []outbound.Exception, err error) {
	for _, text := range list {
		e, err := outbound.ParseException(text)
		if err != nil {
			return nil, err
		}
		allow = append(allow, e)
	}
	return allow, nil
}

// loopback says whether only this machine can reach host.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// loader reads the tags of Settings.
type loader struct {
	given  map[string]string
	getenv func(string) string
	list   []*field
	err    error
}

type field struct {
	name, env, standard string
	help                string
	enum                []string
	target              reflect.Value
	explained           Explained
}

func (l *loader) fields(v reflect.Value) {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		f := &field{name: tag.Get("name"), env: tag.Get("env"), standard: tag.Get("default"), help: tag.Get("help"), target: v.Field(i)}
		if enum := tag.Get("enum"); enum != "" {
			f.enum = strings.Split(enum, ",")
			f.help = strings.ReplaceAll(f.help, "${enum}", strings.Join(f.enum, ", "))
		}
		if f.standard == "" && f.target.Kind() == reflect.Bool {
			f.standard = "false"
		}
		l.list = append(l.list, f)
	}
}

func (l *loader) find(name string) *field {
	for _, f := range l.list {
		if f.name == name {
			return f
		}
	}
	return nil
}

// value is a setting as it was written, and where; set says it was written at
// all.
func (l *loader) value(name string, file map[string]string) (text, from string, set bool) {
	f := l.find(name)
	if text, ok := l.given[name]; ok {
		return text, fromFlag, true
	}
	if text := l.getenv(f.env); text != "" {
		return text, "environment", true
	}
	if text, ok := file[name]; ok {
		return text, "file", true
	}
	return f.standard, fromDefault, false
}

func (l *loader) problem(err error, name string) {
	if err == nil {
		return
	}
	if l.err == nil {
		l.err = err
	}
	if f := l.find(name); f != nil && f.explained.Problem == "" {
		f.explained.Problem = err.Error()
	}
}

func (l *loader) explained() []Explained {
	list := make([]Explained, len(l.list))
	for i, f := range l.list {
		list[i] = f.explained
	}
	return list
}

func (f *field) explain(text, from string) {
	problem := f.explained.Problem
	if f.name == "db" {
		text = db.Shown(text) // never the password
	}
	f.explained = Explained{Name: f.name, Value: text, From: from, Default: f.standard, Env: f.env, Help: f.help, Problem: problem}
}

func (f *field) set(text string) error {
	switch target := f.target.Addr().Interface().(type) {
	case *string:
		*target = text
		for _, word := range f.enum {
			if word == text {
				return nil
			}
		}
		if f.enum != nil {
			return hearth.Errorf(hearth.Invalid, "%s: write one of %s, not %q.", f.name, strings.Join(f.enum, ", "), text)
		}
	case *bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return hearth.Errorf(hearth.Invalid, "%s: write true or false, not %q.", f.name, text)
		}
		*target = b
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return hearth.Errorf(hearth.Invalid, "%s: write a time such as 25s, not %q.", f.name, text)
		}
		*target = d
	case *[]string:
		*target = strings.FieldsFunc(strings.Trim(text, "[]"), func(r rune) bool { return r == ',' || r == ' ' })
	}
	return nil
}

// largestFile bounds the configuration file.
const largestFile = 1 << 20

// readFile reads the settings written in a file, by name. A file that nobody
// named need not be there.
func readFile(name string, named bool) (map[string]string, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "The configuration file cannot be read: %v.", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largestFile))
	if err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "The configuration file cannot be read: %v.", err)
	}
	settings := map[string]string{}
	var document map[string]yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&document); err != nil && err != io.EOF {
		return nil, hearth.Errorf(hearth.Invalid, "%s is not as it should be (name: value, one a line): %v.", name, err)
	}
	for key, node := range document {
		switch node.Kind {
		case yaml.ScalarNode:
			settings[key] = node.Value
		case yaml.SequenceNode:
			var words []string
			if err := node.Decode(&words); err != nil {
				return nil, hearth.Errorf(hearth.Invalid, "%s: %s must be a list of words.", name, key)
			}
			settings[key] = strings.Join(words, ",")
		default:
			return nil, hearth.Errorf(hearth.Invalid, "%s: %s must be a single value.", name, key)
		}
	}
	return settings, nil
}

// logger is the one that was given, or one to standard error.
func (c *Config) logger() *slog.Logger {
	if c.Logger != nil {
		return c.Logger
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

func (e Explained) String() string { return fmt.Sprintf("%s=%s (%s)", e.Name, e.Value, e.From) }
