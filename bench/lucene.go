package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"hearth"
)

// lucene runs lucene/Match.java, which asks a MemoryIndex of each post, where a
// JDK and Debian's liblucene8-java are.
func (s *sheet) lucene(trees []*node, list []hearth.Post) {
	const name = "Lucene MemoryIndex"
	var jars []string
	for _, part := range []string{"core", "memory", "analyzers-common"} {
		found, _ := filepath.Glob("/usr/share/java/lucene-" + part + "-8*.jar")
		if len(found) == 0 {
			s.absent(name, "liblucene8-java is not installed")
			return
		}
		jars = append(jars, found[0])
	}
	java, err := exec.LookPath("java")
	if err == nil {
		_, err = exec.LookPath("javac")
	}
	if err != nil {
		s.absent(name, "there is no JDK")
		return
	}
	dir, err := os.MkdirTemp("", "hearth-bench-lucene")
	if err != nil {
		s.absent(name, err.Error())
		return
	}
	defer os.RemoveAll(dir)
	path := strings.Join(jars, ":")
	if out, err := exec.Command("javac", "-cp", path, "-d", dir, "lucene/Match.java").CombinedOutput(); err != nil {
		s.absent(name, fmt.Sprintf("%v: %.300s", err, out))
		return
	}
	var input bytes.Buffer
	fmt.Fprintln(&input, len(trees))
	for _, t := range trees {
		fmt.Fprintln(&input, t.expression())
	}
	for i := range list {
		fmt.Fprintln(&input, strings.ReplaceAll(strings.ReplaceAll(list[i].Text, "\n", " "), "\r", " "))
	}
	c := exec.Command(java, "-cp", path+":"+dir, "Match")
	c.Stdin = &input
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		s.absent(name, err.Error())
		return
	}
	var nanoseconds, hits, done int64
	if _, err := fmt.Fscan(bufio.NewReader(bytes.NewReader(out)), &nanoseconds, &hits, &done); err != nil || done == 0 {
		s.absent(name, fmt.Sprintf("it said %q", out))
		return
	}
	s.add(row{name: name, each: time.Duration(nanoseconds / done), allocs: -1, note: fmt.Sprintf("8.7 on the JVM, warm; %d hits in %d posts", hits, done)})
}
