package docs_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hearth"
	"hearth/cli"
	"hearth/network/all"
	"hearth/server"
)

// command is a command as its own help describes it.
type command struct {
	path  string // "monitor add"; "" for hearth itself
	group bool   // it has commands of its own
	flags []string
}

var flagLine = regexp.MustCompile(`^  (?:-\w, |    )--([a-z-]+)`)

// help asks a command and those below it for help.
func help(t *testing.T, path string) (list []command) {
	t.Helper()
	var out bytes.Buffer
	code := cli.Run(t.Context(), cli.Env{
		Args: append(strings.Fields(path), "--help"), Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &out,
		Getenv: func(string) string { return "" }, Clock: hearth.SystemClock,
	}, server.Tools(func(string) string { return "" }))
	if code != cli.ExitOK {
		t.Fatalf("hearth %s --help ends with %d: %s", path, code, &out)
	}
	this := command{path: path}
	section := ""
	for _, line := range strings.Split(out.String(), "\n") {
		if strings.HasSuffix(line, ":") && !strings.HasPrefix(line, " ") {
			section = line
		}
		switch found := flagLine.FindStringSubmatch(line); {
		case found != nil:
			this.flags = append(this.flags, found[1])
		case section == "Commands:" && strings.HasPrefix(line, "  ") && line[2] != ' ':
			this.group = true
			name, _, _ := strings.Cut(line[2:], "  ")
			words := strings.Fields(name)
			words = slices.DeleteFunc(words, func(w string) bool { return strings.ContainsAny(w, "[]<>") })
			below := strings.Join(words, " ")
			if path != "" && !strings.HasPrefix(below, path+" ") {
				below = path + " " + below
			}
			list = append(list, help(t, below)...)
		}
	}
	return append([]command{this}, list...)
}

// sections are the parts of cli.md by the commands that they are about.
func sections(t *testing.T) map[string]string {
	parts := map[string]string{}
	for _, part := range regexp.MustCompile(`(?m)^#+ hearth `).Split(read(t, "cli.md"), -1)[1:] {
		title, text, _ := strings.Cut(part, "\n")
		parts[strings.TrimSpace(title)] = text
	}
	return parts
}

func TestEveryCommandAndFlagIsInTheManual(t *testing.T) {
	t.Parallel()
	parts := sections(t)
	all := help(t, "")
	if len(all) < 30 {
		t.Fatalf("only %d commands are found", len(all))
	}
	general := all[0].flags
	known := map[string]bool{}
	for _, c := range all {
		if c.path == "" {
			for _, flag := range c.flags {
				if !strings.Contains(read(t, "cli.md"), "`--"+flag+"`") {
					t.Errorf("cli.md does not tell of --%s", flag)
				}
			}
			continue
		}
		known[c.path] = true
		text, ok := parts[c.path]
		if !ok {
			t.Errorf("cli.md has no section “hearth %s”", c.path)
			continue
		}
		for _, flag := range c.flags {
			if !slices.Contains(general, flag) && !strings.Contains(text, "`--"+flag+"`") && !serving(c.path, flag) {
				t.Errorf("cli.md does not tell of hearth %s --%s", c.path, flag)
			}
		}
	}
	for name := range parts {
		if !known[name] {
			t.Errorf("cli.md tells of hearth %s, which is no command", name)
		}
	}
}

// serving says that a flag is a setting of the server, which operating.md tells
// of.
func serving(path, flag string) bool {
	return slices.Contains([]string{"serve", "demo", "doctor", "config", "config check"}, path) &&
		slices.Contains([]string{"listen", "public", "address", "trusted-proxies", "host", "allow", "webhooks", "webhooks-url", "smtp", "smtp-from", "smtp-password-file", "replay", "replay-size", "pprof", "disk-limits", "disk-reserve", "drain", "log"}, flag)
}

func TestFlagsInTheManualExist(t *testing.T) {
	t.Parallel()
	flags := map[string][]string{}
	all := help(t, "")
	for _, c := range all {
		flags[c.path] = append(slices.Clone(all[0].flags), c.flags...)
	}
	for name, text := range sections(t) {
		for _, found := range regexp.MustCompile("(?m)^\\| `(?:-\\w`, `)?--([a-z-]+)").FindAllStringSubmatch(text, -1) {
			if !slices.Contains(flags[name], found[1]) {
				t.Errorf("cli.md tells of hearth %s --%s, which is no flag", name, found[1])
			}
		}
	}
}

func TestEverySettingIsInTheManual(t *testing.T) {
	t.Parallel()
	_, explained, err := server.Load(nil, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	page := read(t, "operating.md")
	for _, s := range explained {
		row := regexp.MustCompile("(?m)^\\| `--" + s.Name + "` \\| `" + s.Env + "` \\|.*").FindString(page)
		if row == "" {
			t.Errorf("operating.md has no row for --%s and %s", s.Name, s.Env)
		} else if s.Default != "" && !strings.Contains(row, "`"+s.Default+"`") {
			t.Errorf("operating.md does not say that --%s is %s by default", s.Name, s.Default)
		}
	}
}

// rows are the table rows of a part of a page that begin with a name in code.
func rows(part string) map[string]string {
	list := map[string]string{}
	for _, found := range regexp.MustCompile("(?m)^\\| `([a-z0-9_-]+)` \\|.*").FindAllStringSubmatch(part, -1) {
		list[found[1]] = found[0]
	}
	return list
}

func TestEveryNetworkIsInTheManualWithItsSettings(t *testing.T) {
	t.Parallel()
	parts := map[string]string{}
	for _, part := range strings.Split(read(t, "sources.md"), "\n### ")[1:] {
		title, text, _ := strings.Cut(part, "\n")
		parts[title] = text
	}
	for _, n := range all.Networks() {
		known := rows(parts[n.Name])
		for _, f := range n.Fields {
			if known[f.Name] == "" {
				t.Errorf("sources.md does not tell of the setting %s of %s", f.Name, n.Name)
			}
			delete(known, f.Name)
		}
		for name := range known {
			t.Errorf("sources.md tells of the setting %s of %s, which is not there", name, n.Name)
		}
	}
}

func TestEveryFormatIsInTheManualWithItsSettings(t *testing.T) {
	t.Parallel()
	_, part, _ := strings.Cut(read(t, "import.md"), "\n## Formats\n")
	part, _, _ = strings.Cut(part, "\n## ")
	formats, settings, _ := strings.Cut(part, "\n### Settings\n")
	known := rows(settings)
	for _, f := range all.Formats() {
		if rows(formats)[f.Name] == "" {
			t.Errorf("import.md does not tell of the format %s", f.Name)
		}
		for _, field := range f.Fields {
			if !strings.Contains(known[field.Name], "`"+f.Name+"`") {
				t.Errorf("import.md does not tell of the setting %s of the format %s", field.Name, f.Name)
			}
		}
	}
}
