package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"hearth"
	"hearth/client"
)

// Env is the process as a command sees it.
type Env struct {
	Args   []string // without the program's name
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	Clock  hearth.Clock
}

// commands is the tree of commands. Each has one file.
type commands struct {
	kong.Plugins
	JSON    bool   `name:"json" help:"Answer in JSON, one document a line."`
	Quiet   bool   `short:"q" help:"No progress, no notices; only the answer and errors."`
	NoColor bool   `name:"no-color" help:"No colours. NO_COLOR does the same."`
	Because string `name:"because" placeholder:"REASON" help:"Why you ask, where it takes four eyes."`
	Of      string `name:"of" placeholder:"BRAND" help:"Look at a brand, and those below it, only."`

	Serve       serveCommand     `cmd:"" help:"Listen, keep what matters and serve it: run Hearth."`
	Demo        demoCommand      `cmd:"" help:"Run a small invented world, with nothing to configure and no network."`
	Listen      listenCommand    `cmd:"" help:"Hear a public network now, for one or more queries. Needs no set-up."`
	Search      searchCommand    `cmd:"" help:"Search what is kept, newest first."`
	Count       countCommand     `cmd:"" help:"Count what is kept, over time."`
	Facets      facetsCommand    `cmd:"" help:"Break what is kept down by language, sentiment, author …"`
	Follow      followCommand    `cmd:"" help:"Show posts as they are stored."`
	Export      exportCommand    `cmd:"" help:"Write out everything that matches, as NDJSON or CSV."`
	Import      importCommand    `cmd:"" help:"Read files of posts into the archive."`
	Imports     importsGroup     `cmd:"" help:"What was imported, and taking it back."`
	Query       queryCommands    `cmd:"" help:"Check, explain and translate queries."`
	Analyze     analyzeCommand   `cmd:"" help:"Tell language, sentiment, intent and spam of texts."`
	Eval        evalCommand      `cmd:"" help:"Measure the analysis with labelled texts."`
	Model       modelCommand     `cmd:"" help:"The models of the analysis, and their cards."`
	Monitor     monitorGroup     `cmd:"" help:"Saved queries that listen."`
	Compare     compareGroup     `cmd:"" help:"Monitors side by side."`
	List        listGroup        `cmd:"" help:"Words, authors and sites that queries share."`
	Tag         tagGroup         `cmd:"" help:"Tags on what is kept."`
	Correct     correctCmd       `cmd:"" help:"Correct what the analysis says."`
	Calibration calibrationGroup `cmd:"" help:"What people taught the analysis."`
	Account     accountGroup     `cmd:"" help:"How likely accounts are automated."`
	Reanalyse   reanalyseGroup   `cmd:"" help:"Judging stored posts anew, by newer models."`
	Rule        ruleGroup        `cmd:"" help:"Rules that tag what arrives."`
	Topic       topicGroup       `cmd:"" help:"What posts are about."`
	Trust       trustGroup       `cmd:"" help:"People whose responses count in full."`
	Alert       alertGroup       `cmd:"" help:"What is out of the ordinary."`
	Incident    incidentGroup    `cmd:"" help:"What people work on until it is over."`
	Webhook     webhookGroup     `cmd:"" help:"Where Hearth sends to by itself: webhooks, chats, mail, browsers."`
	Source      sourceGroup      `cmd:"" help:"Configured streams of posts."`
	Job         jobGroup         `cmd:"" help:"What Hearth does later or is doing, and what of it failed."`
	Schedule    scheduleGroup    `cmd:"" help:"What Hearth does again and again."`
	Status      statusCommand    `cmd:"" help:"Say how a running Hearth is doing."`
	User        userGroup        `cmd:"" help:"Who may come in."`
	Provider    providerGroup    `cmd:"" help:"By which identity providers people sign in."`
	Key         keyGroup         `cmd:"" help:"API keys, with which programs act."`
	Workspace   workspaceGroup   `cmd:"" help:"The walls between tenants."`
	Brand       brandGroup       `cmd:"" help:"Names under which you speak."`
	Approval    approvalGroup    `cmd:"" help:"What takes four eyes, and who asks for it."`
	Audit       auditGroup       `cmd:"" help:"Who did what."`
	Backup      backupCommand    `cmd:"" help:"Copy everything into a directory, while Hearth runs, and read it again."`
	Restore     restoreCommand   `cmd:"" help:"Put a backup into a fresh data directory."`
	DB          dbGroup          `cmd:"" name:"db" help:"Where the data is kept."`
	Bench       benchCommand     `cmd:"" help:"Measure how many posts a day this machine can listen to."`
	Doctor      doctorCommand    `cmd:"" help:"Find out what is wrong and what to do."`
	Config      configGroup      `cmd:"" help:"The settings."`
	Version     versionCommand   `cmd:"" help:"Print the version."`
}

// session is one run of a command.
type session struct {
	env   Env
	tools *Tools
	ctx   context.Context
	json  bool
	quiet bool
	of    string // brand that is looked at; "": all
	why   string // for whoever approves it

	out, err terminal // what stdout and stderr are
	style    style    // for stdout
	errStyle style    // for stderr
	kong     *kong.Context
}

// Run runs the command that env.Args name and returns its exit code.
func Run(ctx context.Context, env Env, tools *Tools) int {
	var all commands
	tools.embed(&all)
	exited := -1
	parser, err := kong.New(&all,
		kong.Name("hearth"),
		kong.Description("Hearth listens to what people say. "+
			"Start with: hearth listen 'coffee OR tea'"),
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		fmt.Fprintf(env.Stderr, "hearth: %v\n", err)
		return ExitFailure
	}
	if len(env.Args) == 0 {
		env.Args = []string{"--help"}
	}
	parsed, err := parser.Parse(env.Args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		fmt.Fprintf(env.Stderr, "hearth: %v\n", err)
		var wrong *kong.ParseError
		if errors.As(err, &wrong) && wrong.Context != nil && wrong.Context.Selected() != nil {
			fmt.Fprintf(env.Stderr, "Try: hearth %s --help\n", strings.TrimSpace(path(wrong.Context)))
		} else {
			fmt.Fprintln(env.Stderr, "Try: hearth --help")
		}
		return ExitUsage
	}
	s := &session{env: env, tools: tools, ctx: ctx, json: all.JSON, quiet: all.Quiet, of: all.Of, why: all.Because, kong: parsed}
	s.out, s.err = look(env.Stdout, env.Getenv), look(env.Stderr, env.Getenv)
	s.style = style{s.out.color && !all.NoColor && !all.JSON}
	s.errStyle = style{s.err.color && !all.NoColor}
	return s.finish(parsed.Run(s))
}

// path is the words of the command at hand.
func path(c *kong.Context) string {
	var words []string
	for _, p := range c.Path {
		if p.Command != nil {
			words = append(words, p.Command.Name)
		}
	}
	return strings.Join(words, " ")
}

// finish tells a person what went wrong and gives the exit code.
func (s *session) finish(err error) int {
	code := exitCode(err)
	if err == nil || err.Error() == "" {
		return code
	}
	if errors.Is(err, context.Canceled) && s.ctx.Err() != nil {
		return code
	}
	fmt.Fprintf(s.env.Stderr, "%s %s\n", s.errStyle.bad("hearth:"), safe(err.Error()))
	return code
}

// embed puts the settings' flags into the commands that take them.
func (t *Tools) embed(all *commands) {
	if t.Place != nil {
		all.Plugins = kong.Plugins{t.Place}
	}
	if t.Serving != nil {
		serving := kong.Plugins{t.Serving}
		all.Serve.Plugins, all.Demo.Plugins, all.Doctor.Plugins, all.Config.Plugins = serving, serving, serving, serving
	}
}

// given collects the settings' flags that stood on the command line.
func (s *session) given() Given {
	given := Given{}
	for _, p := range s.kong.Path {
		if p.Flag != nil {
			given[p.Flag.Name] = fmt.Sprint(p.Flag.Target.Interface())
		}
	}
	return given
}

// with runs do with a client of the server, whichever it is.
func (s *session) with(do func(*client.Client) error) error { return s.connect(false, do) }

// withNew is with for commands that may begin a data directory.
func (s *session) withNew(do func(*client.Client) error) error { return s.connect(true, do) }

func (s *session) connect(create bool, do func(*client.Client) error) error {
	c, done, err := s.tools.Connect(s.ctx, s.given(), create)
	if err != nil {
		return err
	}
	if s.of != "" {
		brand, err := s.brandNamed(c, s.of)
		if err != nil {
			return errors.Join(err, done())
		}
		c = c.OfBrand(brand)
	}
	if s.why != "" {
		c = c.Because(s.why)
	}
	return errors.Join(do(c), done())
}

// printf writes to standard output.
func (s *session) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(s.env.Stdout, format, args...)
	return err
}

// note tells a person something beside the answer.
func (s *session) note(format string, args ...any) {
	if !s.quiet {
		fmt.Fprintf(s.env.Stderr, format+"\n", args...)
	}
}

type versionCommand struct{}

func (versionCommand) Run(s *session) error {
	if s.json {
		return s.printLine(struct {
			Version string `json:"version"`
		}{s.tools.Version})
	}
	return s.printf("hearth %s\n", s.tools.Version)
}
