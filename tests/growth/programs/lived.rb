# Files that are not closed and no longer referenced: the garbage collector closes them, every so many minutes.
# A line of input is a minute; the answer confirms that it is over.
$stdout.sync = true
height, period = ARGV.map(&:to_i)
GC.disable
puts 'done'
$stdin.each_line do |line|
  (height / period).times { File.open(__FILE__) }
  if line.to_i % period == period - 1
    GC.enable
    GC.start
    GC.disable
  end
  puts 'done'
end
