import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.memory.MemoryIndex;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.spans.SpanNearQuery;
import org.apache.lucene.search.spans.SpanOrQuery;
import org.apache.lucene.search.spans.SpanQuery;
import org.apache.lucene.search.spans.SpanTermQuery;

/** Asks standing queries of posts: the number of queries, the queries as S-expressions, then posts, a line each. */
public class Match {
  static StringTokenizer tokens;
  static String next;

  static String take() {
    String t = next;
    do {
      next = tokens.hasMoreTokens() ? tokens.nextToken() : null;
    } while (next != null && next.equals(" "));
    return t;
  }

  static Query read() {
    take(); // (
    String op = take();
    if (op.equals("phrase") || op.equals("prefix")) {
      List<String> words = new ArrayList<>();
      while (!next.equals(")")) words.add(take());
      take();
      if (op.equals("prefix")) return new PrefixQuery(new Term("text", words.get(0)));
      if (words.size() == 1) return new TermQuery(new Term("text", words.get(0)));
      return new PhraseQuery("text", words.toArray(new String[0]));
    }
    int distance = op.equals("near") ? Integer.parseInt(take()) : 0;
    List<Query> kids = new ArrayList<>();
    List<Boolean> not = new ArrayList<>();
    while (!next.equals(")")) {
      kids.add(read());
      not.add(negated);
      negated = false;
    }
    take();
    if (op.equals("not")) {
      negated = true;
      return kids.get(0);
    }
    if (op.equals("near")) {
      return new SpanNearQuery(new SpanQuery[] {span(kids.get(0)), span(kids.get(1))}, distance - 1, false);
    }
    BooleanQuery.Builder b = new BooleanQuery.Builder();
    for (int i = 0; i < kids.size(); i++) {
      b.add(kids.get(i), not.get(i) ? Occur.MUST_NOT : op.equals("or") ? Occur.SHOULD : Occur.MUST);
    }
    return b.build();
  }

  static boolean negated;

  static SpanQuery span(Query q) {
    if (q instanceof TermQuery) return new SpanTermQuery(((TermQuery) q).getTerm());
    List<SpanQuery> list = new ArrayList<>();
    for (var c : ((BooleanQuery) q).clauses()) list.add(span(c.getQuery()));
    return new SpanOrQuery(list.toArray(new SpanQuery[0]));
  }

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int n = Integer.parseInt(in.readLine());
    Query[] queries = new Query[n];
    for (int i = 0; i < n; i++) {
      tokens = new StringTokenizer(in.readLine(), "() ", true);
      next = null;
      take();
      queries[i] = read();
    }
    List<String> posts = new ArrayList<>();
    for (String line; (line = in.readLine()) != null; ) posts.add(line);
    StandardAnalyzer analyzer = new StandardAnalyzer();
    long hits = 0, done = 0, begin = 0;
    for (int i = 0; ; i++) {
      if (i == 20) begin = System.nanoTime(); // warm by now
      if (i >= 20 && System.nanoTime() - begin > 4_000_000_000L) break;
      MemoryIndex index = new MemoryIndex(true);
      index.addField("text", posts.get(i % posts.size()), analyzer);
      IndexSearcher searcher = index.createSearcher();
      searcher.setQueryCache(null);
      for (Query q : queries) {
        if (searcher.count(q) > 0 && i >= 20) hits++;
      }
      if (i >= 20) done++;
    }
    System.out.println((System.nanoTime() - begin) + " " + hits + " " + done);
  }
}
