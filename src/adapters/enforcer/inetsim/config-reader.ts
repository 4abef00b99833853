/**
 * A Perl program that has INetSim's own module read a configuration, the first argument; its log goes into the folder
 * that the second names. Prints the version, and the redirections that it understood in a line each.
 */
export const configReader = `
use strict; use warnings;
my ($conf, $folder) = @ARGV;
@ARGV = ("--config=$conf", "--log-dir=$folder", "--pidfile=$folder/inetsim.pid");
require INetSim;
my ($version) = do { open(my $self, '<', $INC{'INetSim.pm'}) or die; local $/; <$self> =~ /"INetSim ([0-9.]+)/ };
INetSim::CommandLine::parse_options();
INetSim::Config::parse_config();
my %rules = INetSim::Config::getConfigHash('Redirect_StaticRules');
print STDOUT "\\nversion $version\\n";
print STDOUT "redirects $_ $rules{$_}\\n" for sort keys %rules;
`;
