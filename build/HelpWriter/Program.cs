using System.Reflection;
using System.Runtime.Loader;
using HelpWriter;

// HelpWriter CMDLETS.dll HELP.xml PAGES FOLDER PERMISSIONS.md [ADDRESS]: reads CMDLETS.dll and the CMDLETS.xml beside it, writes HELP.xml
// for Get-Help and the same as Markdown into the folder PAGES. What the dll needs lies beside it or in FOLDER. PERMISSIONS.md lists the IAM
// actions of each cmdlet. ADDRESS is where PAGES are in the web.
// A text that is missing is reported as the compiler reports an error, so that the build fails with it.
(string dll, string help) = (Path.GetFullPath(args[0]), args[1]);
string[] folders = [Path.GetDirectoryName(dll)!, Path.GetFullPath(args[3])];
AssemblyLoadContext.Default.Resolving += (context, name) =>
    folders.Select(f => Path.Combine(f, name.Name + ".dll")).FirstOrDefault(File.Exists) is { } path
        ? context.LoadFromAssemblyPath(path) : null;

DocComments comments = DocComments.Load(Path.ChangeExtension(dll, ".xml"));
CommandInfo[] commands = [.. CommandInfo.AllIn(Assembly.LoadFrom(dll))];
string[] missing = [.. commands.SelectMany(c => c.MissingTexts(comments))];
foreach (string text in missing) Console.Error.WriteLine($"{dll} : error HELP001: {text}");
if (missing.Length > 0) return 1;

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(help))!);
Permissions permissions = new(args[4]);
Markdown.Write(commands, comments, permissions, args[2]);
Maml.Write(commands, comments, permissions, args.Length > 5 && args[5].Length > 0 ? new Uri(args[5]) : null).Save(help);
return 0;
