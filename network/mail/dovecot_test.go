package mail_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearth"
	"hearth/network"
	"hearth/network/mail"
	"hearth/network/networktest"
)

const dovecotConf = `base_dir=%[1]s/run
state_dir=%[1]s/run
log_path=%[1]s/log
protocols=imap
listen=127.0.0.1
ssl=no
disable_plaintext_auth=no
default_internal_user=nobody
default_login_user=nobody
default_internal_group=nogroup
first_valid_uid=1
mail_location=maildir:%[1]s/mail/%%u
mail_uid=nobody
mail_gid=nogroup
passdb {
  driver=passwd-file
  args=scheme=PLAIN %[1]s/users
}
userdb {
  driver=static
  args=uid=nobody gid=nogroup home=%[1]s/mail/%%u
}
service imap-login {
  chroot=
  inet_listener imap {
    port=%[2]d
  }
  inet_listener imaps {
    port=0
  }
}
service anvil {
  chroot=
}
namespace inbox {
  inbox=yes
  separator=/
}
`

// dovecot starts the real server, where it is installed.
func dovecot(t *testing.T) (address string) {
	t.Helper()
	binary, err := exec.LookPath("dovecot")
	if err != nil || os.Getuid() != 0 {
		t.Skip("SKIP peer=dovecot reason=it is not installed, or this is not root; apt-get install dovecot-imapd")
	}
	dir, err := os.MkdirTemp("", "dovecot") // its user must reach it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := probe.Addr().(*net.TCPAddr).Port
	probe.Close()
	conf := filepath.Join(dir, "dovecot.conf")
	for _, make := range []error{
		os.Chmod(dir, 0o755), os.Mkdir(filepath.Join(dir, "mail"), 0o777), os.Mkdir(filepath.Join(dir, "run"), 0o755),
		os.Chmod(filepath.Join(dir, "mail"), 0o777),
		os.WriteFile(filepath.Join(dir, "users"), []byte("alice:{PLAIN}secret::::::\n"), 0o644),
		os.WriteFile(conf, fmt.Appendf(nil, dovecotConf, dir, port), 0o644),
	} {
		if make != nil {
			t.Fatal(make)
		}
	}
	cmd := exec.Command(binary, "-F", "-c", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		exec.Command(binary, "-c", conf, "stop").Run()
		cmd.Wait()
	})
	address = fmt.Sprintf("127.0.0.1:%d", port)
	for range 600 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return address
		}
		<-time.After(50 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	t.Fatalf("dovecot does not listen: %s", log)
	return ""
}

func TestDovecotIsReadLive(t *testing.T) {
	t.Parallel()
	address := dovecot(t)
	c, err := imapclient.DialInsecure(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login("alice", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	put := func(id string) {
		raw := "From: Bo <bo@people.example>\r\nMessage-ID: <" + id + "@people.example>\r\nSubject: kettle\r\n\r\nIt broke.\r\n"
		w := c.Append("INBOX", int64(len(raw)), nil)
		if _, err := io.WriteString(w, raw); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	put("before")
	n := mail.Network()
	given := map[string]string{"server": address, "security": "none", "user": "alice", "password": "secret", "expunged": "delete"}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	session := networktest.Session(t, n, given)
	var seen []string
	var cursor network.Cursor
	var sent time.Time
	err = n.Stream(ctx, session, "", func(b *network.Batch) error {
		for _, e := range b.Events {
			seen = append(seen, e.Op.String()+" "+strings.TrimSuffix(e.Post.ID, "@people.example"))
		}
		switch cursor = b.Cursor; len(seen) {
		case 0:
			sent = hearth.SystemClock()
			put("live")
		case 1:
			t.Logf("a message came %v after it was put there", time.Since(sent))
			if _, err := c.Select("INBOX", nil).Wait(); err != nil {
				return err
			}
			if err := c.Store(imap.SeqSetNum(2), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
				return err
			}
			return c.Expunge().Close()
		case 2:
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) || strings.Join(seen, ", ") != "create live, delete live" || cursor == "" {
		t.Errorf("%v; seen %q", err, seen)
	}
	given["password"] = "wrong"
	if _, _, err := take(t, n, given, cursor, 1); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("with a wrong password: %v", err)
	}
}
