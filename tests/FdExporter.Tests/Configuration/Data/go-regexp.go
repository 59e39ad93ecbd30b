// What Go says of patterns made at random, one JSON object a line: the pattern, whether regexp.Compile takes it, and for each
// text below what FindStringSubmatch gives (null: no match). Made with Go 1.19, for CommandLinePatternTests:
//
//	go run go-regexp.go 600 > go-regexp.jsonl
//
// Left out is what GoRegex says is not kept: \b on letters beyond ASCII, characters beyond U+FFFF; and (?<name>), which is newer.
package main

import (
	"encoding/json"
	"math/rand"
	"os"
	"regexp"
	"strconv"
	"strings"
)

var texts = []string{"", "a", "ab A\n", "aab-B_1", "(a)[b]{2}:", "\u00e9 x"}

var tokens = []string{
	"(", ")", "(", ")", "(?:", "(?i)", "(?U)", "(?s)", "(?m)", "(?-i:", "(?P<x>", "(?P<y>", "[", "]", "[^", "[a-c]", "[[:alpha:]]", "[:", ":]",
	"[:^digit:]", "-", "|", "*", "+", "?", "{2}", "{2,3}", "{,2}", "{1000}", "{1001}", "{40}", "{", "}", "^", "$", ".", `\`, `\d`, `\W`, `\s`, `\pL`,
	`\P{Lu}`, `\p{^Nd}`, `\p{X}`, `\Q`, `\E`, "(a{40})", "(?:b{2,30}|c)*", `\x41`, `\x{2D}`, `\0`, `\12`, `\1`, `\8`, `\A`, `\z`, `\Z`, `\C`, `\-`, `\_`, "a", "b", "A", "B", "1",
	":", ",", "<", ">", "=", "!", "#", " ", "\n", "\u00e9", "(?", "(?P", "(?P<", "a", "b",
}

type line struct {
	Pattern string     `json:"pattern"`
	Accepts bool       `json:"accepts"`
	Matches [][]string `json:"matches,omitempty"`
	Names   []string   `json:"names,omitempty"`
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	random := rand.New(rand.NewSource(1))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	seen := map[string]bool{}
	for written := 0; written < count; {
		var text strings.Builder
		for n := 1 + random.Intn(8); n > 0; n-- {
			text.WriteString(tokens[random.Intn(len(tokens))])
		}
		pattern := text.String()
		compiled, err := regexp.Compile(pattern)

		// Most mixes are refused for a missing bracket: one in four of those is enough.
		if seen[pattern] || strings.Contains(pattern, `\b`) || strings.Contains(pattern, `\B`) || (err != nil && random.Intn(4) != 0) {
			continue
		}
		seen[pattern] = true
		result := line{Pattern: pattern, Accepts: err == nil}
		if err == nil {
			result.Names = compiled.SubexpNames()[1:]
			for _, each := range texts {
				result.Matches = append(result.Matches, compiled.FindStringSubmatch(each))
			}
		}
		if out.Encode(result) != nil {
			os.Exit(1)
		}
		written++
	}
}
